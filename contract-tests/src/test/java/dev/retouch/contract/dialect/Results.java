package dev.retouch.contract.dialect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How the tests of the dialects ended in this run. Written to the build folder when the run is over, whatever ran. */
final class Results implements AutoCloseable {

    /**
     * How often one test ran, once per value that it was given.
     *
     * @param skipped started and given up, or disabled
     */
    record Count(int passed, int failed, int skipped) {

        Count plus(Count other) {
            return new Count(passed + other.passed, failed + other.failed, skipped + other.skipped);
        }
    }

    private static final Path FOLDER = Path.of("target");

    private final Map<String, Count> counts = new TreeMap<>();

    synchronized void passed(Method test) {
        counts.merge(nameOf(test), new Count(1, 0, 0), Count::plus);
    }

    synchronized void failed(Method test) {
        counts.merge(nameOf(test), new Count(0, 1, 0), Count::plus);
    }

    synchronized void skipped(Method test) {
        counts.merge(nameOf(test), new Count(0, 0, 1), Count::plus);
    }

    synchronized Count of(Method test) {
        return counts.getOrDefault(nameOf(test), new Count(0, 0, 0));
    }

    /** Every test of the dialects, whether it ran or not, in a stable order. */
    static List<Method> tests() {
        return Dialect.TESTS.stream().flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Proves.class))
                .sorted(Comparator.comparing(Results::nameOf))
                .toList();
    }

    static String nameOf(Method test) {
        return test.getDeclaringClass().getSimpleName() + "." + test.getName();
    }

    /** The tests that did not run in this run, or not with every value. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Method test : tests()) {
            Count count = of(test);
            if (count.skipped() > 0 || count.passed() + count.failed() == 0) {
                missing.add(nameOf(test));
            }
        }
        return missing;
    }

    @Override
    public void close() {
        CompatibilityReport report = CompatibilityReport.of(this);
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve("compatibility.md"), report.list());
            Files.writeString(FOLDER.resolve("compatibility.json"), report.json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
