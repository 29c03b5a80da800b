package dev.retouch.server.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Writes the table of log lines in {@code docs/operations.md} from the logging statements of the server. */
class LogLinesTest {

    private static final Pattern STATEMENT = Pattern
            .compile(
                    "LOG\\s*\\.(info|warn|error)\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"((?:\\s*\\+\\s*\"(?:[^\"\\\\]|\\\\.)*\")*)");

    @Test
    void pageHasEveryLogLineAtInfoAndAbove() throws IOException {
        List<String> rows = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                Matcher statement = STATEMENT.matcher(Files.readString(file));
                while (statement.find()) {
                    String text = (statement.group(2) + statement.group(3).replaceAll("\"\\s*$|\\s*\\+\\s*\"", ""))
                            .replace("\\\"", "\"").replace("|", "\\|");
                    if (!text.equals("{}")) {
                        rows.add("| %s | `%s` | `%s` |%n".formatted(
                                statement.group(1).toUpperCase(java.util.Locale.ROOT),
                                file.getFileName().toString().replace(".java", ""), text));
                    }
                }
            }
        }
        new WrittenPage("docs/operations.md").hasBetween("<!-- log lines: written by a test -->",
                "<!-- log lines: end -->",
                "\n| level | logger | line |\n|---|---|---|\n" + String.join("", rows) + "\n");
    }
}
