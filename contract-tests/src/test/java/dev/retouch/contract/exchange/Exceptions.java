package dev.retouch.contract.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** What the document does not allow and the gateway does all the same, each with its reason, from a file that people read. */
public final class Exceptions {

    private static final String FILE = "/dev/retouch/contract/coverage/exceptions.yaml";

    /** One of them. */
    private record Allowed(String text, Pattern finding) {}

    private final List<Allowed> all = new ArrayList<>();

    /** Reads the file. */
    public Exceptions() {
        try (InputStream in = Exceptions.class.getResourceAsStream(FILE)) {
            for (JsonNode each : new YAMLMapper().readTree(in)) {
                if (each.path("reason").asText().isBlank()) {
                    throw new IllegalStateException(FILE + " has an entry without a reason: " + each);
                }
                each.path("findings").forEach(
                        finding -> all.add(new Allowed(finding.asText(), Pattern.compile(finding.asText()))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The patterns as written in the file. */
    public List<String> texts() {
        return all.stream().map(Allowed::text).toList();
    }

    /** The one that this is, if it is any. */
    Optional<String> of(Finding finding) {
        return all.stream().filter(each -> each.finding().matcher(finding.toString()).matches()).map(Allowed::text)
                .findFirst();
    }
}
