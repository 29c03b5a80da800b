package dev.retouch.contract.dialect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the table of {@code docs/compatibility.md} and the committed list with the results of the dialects' tests in this run.
 * Runs after them, in its own execution.
 */
class CompatibilityReportTest {

    private static final Path BUILD = Path.of("target");
    private static final Path ROOT = Path.of(System.getProperty("retouch.distributions", ".."));
    private static final Path PAGE = ROOT.resolve("docs/compatibility.md");
    private static final Path LIST = ROOT.resolve("contract-tests/COMPATIBILITY.md");
    private static final String BEGIN = "<!-- compatibility: written by the tests -->\n";
    private static final String END = "<!-- compatibility: end -->";
    private static final String REFRESH = """
            the tests found something else than is written there; to write down what they found:
            mvn -q verify -pl contract-tests -am -Dretouch.pages=write""";

    @Test
    void everyRuleAndEveryTestMatch() {
        Set<String> documented = new TreeSet<>();
        Dialect.all().forEach((letter, dialect) -> dialect.rules().forEach((name, rule) -> {
            if (rule.later() == null) {
                documented.add(letter + " " + name);
            }
        }));
        Set<String> proved = new TreeSet<>();
        Results.tests().forEach(test -> proved.addAll(List.of(test.getAnnotation(CoversRule.class).value())));
        assertThat(proved).isEqualTo(documented);
    }

    @Test
    void thePageShowsWhatTheTestsFound() throws IOException {
        Results results = Results.read();
        wholeRunOnly(results);
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        assertThat(begin).as("the markers of the table in " + PAGE).isPositive().isLessThan(end);
        String table = CompatibilityReport.of(results).table();
        String expected = page.substring(0, begin) + BEGIN + "\n" + table + "\n" + page.substring(end);
        compare(PAGE, page, expected);
    }

    @Test
    void theListShowsWhatTheTestsFound() throws IOException {
        Results results = Results.read();
        CompatibilityReport report = CompatibilityReport.of(results);
        Files.writeString(BUILD.resolve("compatibility.md"), report.list());
        Files.writeString(BUILD.resolve("compatibility.json"), report.json());
        wholeRunOnly(results);
        compare(LIST, textOf(LIST), report.list());
    }

    private static void compare(Path file, String actual, String expected) throws IOException {
        if ("write".equals(System.getProperty("retouch.pages"))) {
            Files.writeString(file, expected);
        } else {
            assertThat(actual).as("%s: %s", file.getFileName(), REFRESH).isEqualTo(expected);
        }
    }

    private static String textOf(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static void wholeRunOnly(Results results) {
        List<String> missing = results.missing();
        if (!missing.isEmpty()) {
            throw new TestAbortedException(
                    "compares whole runs only, and in this one %d tests of the dialects did not run, "
                            .formatted(missing.size()) + "such as " + missing.getFirst());
        }
    }
}
