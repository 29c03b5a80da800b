package dev.retouch.contract.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine;

/**
 * A run of the command line in this process.
 *
 * @param folder the folder of its report, if it wrote one
 * @param waited the pauses between its requests, which were skipped
 */
record Ran(int exitCode, String out, String err, Path folder, List<Duration> waited) {

    /** Runs it with a key in the environment; the report goes into a folder. */
    static Ran at(Path folder, String key, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--report", folder.toString()));
        List<Duration> waited = new ArrayList<>();
        CommandLine line = ConformanceCommand.commandLine(key.isEmpty() ? Map.of() : Map.of("RETOUCH_KEY", key),
                Clock.systemUTC(), waited::add);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = line.execute(all.toArray(String[]::new));
        return new Ran(exitCode, out.toString(), err.toString(), folder, waited);
    }

    String html() {
        return content("report.html");
    }

    String jsonText() {
        return content("report.json");
    }

    JsonNode json() {
        try {
            return new ObjectMapper().readTree(jsonText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How a case ended. */
    JsonNode found(String id) {
        for (JsonNode each : json().path("cases")) {
            if (each.path("id").asText().equals(id)) {
                return each;
            }
        }
        throw new AssertionError("no case " + id);
    }

    /** The cases that ended like this. */
    List<String> ended(String state) {
        List<String> ids = new ArrayList<>();
        json().path("cases").forEach(each -> {
            if (each.path("state").asText().equals(state)) {
                ids.add(each.path("id").asText());
            }
        });
        return ids;
    }

    private String content(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
