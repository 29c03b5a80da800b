package dev.retouch.contract.coverage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/**
 * What of the document no test uses, with the reason, from a file that people read.
 *
 * @param reasons by the item
 */
record Gaps(Map<String, String> reasons) {

    private static final String FILE = "gaps.yaml";

    Gaps {
        reasons = Map.copyOf(reasons);
    }

    /** Reads the file. */
    static Gaps read() {
        Map<String, String> reasons = new LinkedHashMap<>();
        try (InputStream in = Gaps.class.getResourceAsStream(FILE)) {
            for (JsonNode entry : new YAMLMapper().readTree(in)) {
                String reason = entry.path("reason").asText().strip();
                if (reason.isEmpty()) {
                    throw new IllegalStateException(FILE + " has an entry without a reason: " + entry);
                }
                entry.path("items").forEach(item -> {
                    if (reasons.put(item.asText(), reason) != null) {
                        throw new IllegalStateException(FILE + " lists an item twice: " + item.asText());
                    }
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Gaps(reasons);
    }
}
