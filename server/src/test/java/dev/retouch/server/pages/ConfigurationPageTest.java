package dev.retouch.server.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Writes {@code docs/configuration.md} from the names, defaults and comments of {@code defaults.yaml}. */
class ConfigurationPageTest {

    private static final String DEFAULTS = "server/src/main/resources/dev/retouch/server/defaults.yaml";
    private static final Pattern LINE = Pattern.compile("( {0,2})([a-z][a-z0-9-]*):\\s*(.*)");
    private static final String INTRODUCTION = """
            # Configuration

            Written by a test from [`defaults.yaml`](../server/src/main/resources/dev/retouch/server/defaults.yaml); do not edit.

            The gateway reads defaults, then a YAML file (`--config FILE` or `RETOUCH_CONFIG`), then environment variables; later values win. The file has the
            form of `defaults.yaml` and needs only what differs. An empty value counts as not set.

            An unknown setting or a wrong value stops the start, with its place (file and line, or variable) and the nearest known name. `retouch check-config`
            checks everything and starts nothing.

            Durations have a unit (`500ms`, `30s`, `10m`, `1h`, `7d`); sizes are bytes, or have `KB`, `MB` or `GB` (1024).

            ## What takes effect without a restart

            | change | takes effect |
            |---|---|
            | the content of the files that `upstreams-file`, `upstream-kinds-file`, `models-file` and `moderation.rules-file` name, and of key files of upstreams | within [seconds](operations.md#change-without-restart), or at once by SIGHUP; new edits use it |
            | the content of the files that `tls.certificate` and `tls.key` name | within seconds; new connections use it |
            | upstreams, models and moderation rules that are stored [by the API](operations.md#by-the-api) | at once on the instance that stores them, within `catalog.refresh` on others |
            | [groups, API keys](keys-and-limits.md), their limits and budgets | within a second on every instance |
            | [log levels](operations.md#log-lines), by `PATCH /admin/v1/log-levels` | at once on this instance, until it stops |
            | every setting on this page, in the settings file or as a variable: the name of a file too | after a restart |

            Several instances are restarted [one after the other](operations.md#rolling-restarts), without a failed edit.
            """;
    private static final String OTHERS = """

            ## Variables that are no settings

            | variable | meaning |
            |---|---|
            | `RETOUCH_CONFIG` | the settings file |
            | `RETOUCH_LOG_LEVEL` | `INFO` by default; `WARN` leaves out the lines per request and per edit, `DEBUG` adds detail |
            | `RETOUCH_LOG_FORMAT` | `text` by default; `json` writes each [log line](operations.md#log-lines) as a JSON object |
            | `RETOUCH_JAVA_HOME` | the JDK that the start script uses |
            | `RETOUCH_JAVA_OPTS` | further options for the Java process; `-XX:MaxRAMPercentage=60` takes the place of the maximum heap of 512 MB |
            | `OTEL_…` | [traces](operations.md#traces) |
            | `AWS_…` | credentials of the [object store](storage.md#credentials-and-permissions) |
            """;

    /** A setting by its full name, with the comment above it. */
    private record Setting(String name, String value, String meaning) {

        String row() {
            return "| `%s` | `%s` | %s | %s |%n".formatted(name,
                    "RETOUCH_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'),
                    value.isEmpty() ? "none" : "`" + value + "`", meaning);
        }
    }

    @Test
    void pageHasEverySettingOfDefaults() throws IOException {
        Map<String, List<Setting>> sections = sections(
                Files.readAllLines(WrittenPage.REPOSITORY.resolve(DEFAULTS)));
        StringBuilder page = new StringBuilder(INTRODUCTION);
        sections.forEach((section, settings) -> {
            page.append("\n## ").append(section.isEmpty() ? "General" : "`" + section + "`").append("\n\n")
                    .append("| setting | variable | default | meaning |\n|---|---|---|---|\n");
            settings.forEach(setting -> page.append(setting.row()));
        });
        new WrittenPage("docs/configuration.md").is(page.append(OTHERS).toString());
    }

    private static Map<String, List<Setting>> sections(List<String> lines) {
        Map<String, List<Setting>> sections = new LinkedHashMap<>();
        String section = "";
        List<String> comment = new ArrayList<>();
        String meaning = "";
        for (String line : lines) {
            String stripped = line.strip();
            if (stripped.isEmpty()) {
                comment.clear();
                meaning = "";
            } else if (stripped.startsWith("#")) {
                comment.add(stripped.substring(1).strip());
            } else {
                Matcher entry = LINE.matcher(line);
                assertThat(entry.matches()).as("a setting or a section: %s", line).isTrue();
                boolean nested = !entry.group(1).isEmpty();
                String value = entry.group(3).strip();
                section = nested ? section : "";
                if (!nested && value.isEmpty() && startsSection(lines, line)) {
                    section = entry.group(2);
                    comment.clear();
                    continue;
                }
                // a setting directly below another without a comment shares its comment
                meaning = comment.isEmpty() ? meaning : String.join(" ", comment);
                comment.clear();
                assertThat(meaning).as("the comment above %s", line).isNotEmpty();
                sections.computeIfAbsent(section, _ -> new ArrayList<>())
                        .add(new Setting((section.isEmpty() ? "" : section + ".") + entry.group(2), plain(value),
                                meaning.replace("|", "\\|")));
            }
        }
        return sections;
    }

    /** Whether the next line that is no comment belongs to this one. */
    private static boolean startsSection(List<String> lines, String line) {
        return lines.subList(lines.indexOf(line) + 1, lines.size()).stream()
                .filter(next -> !next.strip().startsWith("#")).findFirst()
                .filter(next -> next.startsWith("  ")).isPresent();
    }

    private static String plain(String value) {
        return value.replaceFirst("^'(.*)'$", "$1");
    }
}
