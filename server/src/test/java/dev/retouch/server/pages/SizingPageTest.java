package dev.retouch.server.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/sizing.md} has figures that {@code bench/README.md} has measured, and settings with their defaults. */
class SizingPageTest {

    private static final Pattern SETTING = Pattern.compile("`([a-z]+\\.[a-z-]+)`");
    private static final Pattern DEFAULT = Pattern
            .compile("`([a-z]+\\.[a-z-]+)` \\(([0-9,]+(?: [KMG]B)?)(?: by default)?\\)");
    private static final Pattern MEASURED = Pattern.compile("([0-9][0-9,.]*) ms");
    private static final Pattern PEAK = Pattern.compile("Measured: ([0-9,]+ MB) at the peak");

    private static String read(String name) throws IOException {
        return Files.readString(WrittenPage.REPOSITORY.resolve(name));
    }

    @Test
    void settingsExistWithTheirDefaults() throws IOException {
        String page = read("docs/sizing.md");
        String settings = read("docs/configuration.md");
        Matcher named = SETTING.matcher(page);
        while (named.find()) {
            if (!named.group(1).equals("retouch.db")) {
                assertThat(settings).contains("| `" + named.group(1) + "` |");
            }
        }
        Matcher stated = DEFAULT.matcher(page);
        Set<String> checked = new TreeSet<>();
        while (stated.find()) {
            String value = stated.group(2).replace(",", "").replace(" ", "");
            assertThat(settings)
                    .containsPattern("\\| `" + Pattern.quote(stated.group(1)) + "` \\| `[A-Z_]+` \\| `" + value + "` ");
            checked.add(stated.group(1));
        }
        assertThat(checked).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void durationsAreThoseOfTheBench() throws IOException {
        String bench = read("bench/README.md");
        String page = read("docs/sizing.md");
        Matcher measured = MEASURED.matcher(page.substring(page.indexOf("## Processor"), page.indexOf("## Disk")));
        int count = 0;
        while (measured.find()) {
            assertThat(bench).contains(measured.group(1) + " ms");
            count++;
        }
        assertThat(count).isGreaterThan(7);
    }

    @Test
    void sizesAreThoseOfTheBench() throws IOException {
        String bench = read("bench/README.md");
        String page = read("docs/sizing.md");
        Matcher peak = PEAK.matcher(page);
        assertThat(peak.find()).isTrue();
        assertThat(bench).contains("| " + peak.group(1) + " (",
                "31 bytes for each pixel with a large png, and 84 with a large jpeg", "183 KB");
        assertThat(page).contains("31 with a large png and 84 with a large jpeg", "183 KB");
    }
}
