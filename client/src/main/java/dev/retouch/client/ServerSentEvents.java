package dev.retouch.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events while they arrive. Skips comments, ids and retry times, and drops an incomplete event at the end of the
 * stream, as the HTML standard requires.
 */
final class ServerSentEvents {

    private final BufferedReader lines;
    private boolean atStart = true;

    ServerSentEvents(InputStream stream) {
        this.lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** Waits for the next event; empty at the end of the stream. */
    Optional<Event> next() throws IOException {
        String name = "message";
        StringJoiner data = new StringJoiner("\n").setEmptyValue("");
        boolean hasData = false;
        for (String line = nextLine(); line != null; line = nextLine()) {
            if (line.isEmpty()) {
                if (hasData) {
                    return Optional.of(new Event(name, data.toString()));
                }
                name = "message";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + (line.startsWith(" ", colon + 1) ? 2 : 1));
            if (field.equals("data")) {
                data.add(value);
                hasData = true;
            } else if (field.equals("event")) {
                name = value;
            }
        }
        return Optional.empty();
    }

    private @Nullable String nextLine() throws IOException {
        String line = lines.readLine();
        if (atStart && line != null) {
            atStart = false;
            return line.startsWith("\ufeff") ? line.substring(1) : line;
        }
        return line;
    }

    record Event(String name, String data) {}
}
