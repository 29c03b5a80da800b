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
import java.util.stream.Stream;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * How the tests of the dialects ended in this run. The classes run in several JVMs, so each leaves its part in the build
 * folder, which is emptied before the tests.
 *
 * @param counts by the test's name
 */
record Results(Map<String, Count> counts) {

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

    private static final Path FOLDER = Path.of("target", "found", "dialects");
    private static final ObjectMapper JSON = new ObjectMapper();

    Results {
        counts = Map.copyOf(counts);
    }

    /** What the classes of this run left. */
    static Results read() throws IOException {
        Map<String, Count> counts = new TreeMap<>();
        if (Files.isDirectory(FOLDER)) {
            try (Stream<Path> files = Files.list(FOLDER)) {
                for (Path file : files.toList()) {
                    counts.putAll(JSON.readValue(file.toFile(), new TypeReference<Map<String, Count>>() {
                    }));
                }
            }
        }
        return new Results(counts);
    }

    Count of(Method test) {
        return counts.getOrDefault(nameOf(test), new Count(0, 0, 0));
    }

    /** Every test of the dialects, whether it ran or not, in a stable order. */
    static List<Method> tests() {
        return Dialect.TESTS.stream().flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(CoversRule.class))
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

    /** The results of one class while it runs; written down when it is through. */
    static final class OfClass implements AutoCloseable {

        private final Class<?> type;
        private final Map<String, Count> counts = new TreeMap<>();

        OfClass(Class<?> type) {
            this.type = type;
        }

        synchronized void passed(Method test) {
            counts.merge(nameOf(test), new Count(1, 0, 0), Count::plus);
        }

        synchronized void failed(Method test) {
            counts.merge(nameOf(test), new Count(0, 1, 0), Count::plus);
        }

        synchronized void skipped(Method test) {
            counts.merge(nameOf(test), new Count(0, 0, 1), Count::plus);
        }

        @Override
        public synchronized void close() {
            try {
                Files.createDirectories(FOLDER);
                JSON.writeValue(FOLDER.resolve(type.getSimpleName() + ".json").toFile(), counts);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
