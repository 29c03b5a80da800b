package dev.retouch.contract.prose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import dev.retouch.contract.prose.DiscouragedWords.Occurrence;

import static org.assertj.core.api.Assertions.assertThat;

/** The number of discouraged words of a file does not rise. Surefire runs this in the module, one folder below the checkout. */
class ProseTest {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Path BASELINE = Path.of("src/test/resources/dev/retouch/contract/prose/baseline.txt");
    private static final Path REPORT = Path.of("target", "prose.txt");

    private final Map<String, List<Occurrence>> occurrences = ProseBaseline.occurrences(CHECKOUT);

    ProseTest() throws IOException {}

    @Test
    void noFileGetsMoreDiscouragedWords(TestReporter reporter) throws IOException {
        Files.write(Files.createDirectories(REPORT.getParent()).resolve(REPORT.getFileName()), lines(occurrences));
        if ("write".equals(System.getProperty("prose.baseline"))) {
            ProseBaseline.of(occurrences).write(BASELINE);
        }
        ProseBaseline baseline = ProseBaseline.read(BASELINE);

        if (!baseline.equals(ProseBaseline.of(occurrences))) {
            fallen(baseline).forEach(file -> reporter.publishEntry("prose", file
                    + " has fewer discouraged words than the baseline: lower it with -Dprose.baseline=write"));
        }
        assertThat(risen(baseline))
                .as("files with more discouraged words than %s allows (new files: 0). CONTRIBUTING.md"
                        + " names the plain words; %s lists all occurrences", BASELINE, REPORT)
                .isEmpty();
    }

    private List<String> risen(ProseBaseline baseline) {
        List<String> risen = new ArrayList<>();
        occurrences.forEach((file, words) -> {
            if (words.size() > baseline.allowed(file)) {
                risen.add(file + " has " + words.size() + ", allowed are " + baseline.allowed(file) + ": " + words);
            }
        });
        return risen;
    }

    private List<String> fallen(ProseBaseline baseline) {
        return new TreeSet<>(baseline.counts().keySet()).stream()
                .filter(file -> occurrences.getOrDefault(file, List.of()).size() < baseline.allowed(file)).toList();
    }

    private static List<String> lines(Map<String, List<Occurrence>> occurrences) {
        return occurrences.entrySet().stream()
                .flatMap(file -> file.getValue().stream().map(occurrence -> file.getKey() + " " + occurrence)).toList();
    }
}
