package dev.retouch.server.billing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts ends of edits to lines of JSON and back. A line that a crash has cut off is skipped: its writer never relied on it. Any other
 * line that is not an end was written by a different version, or damaged since.
 */
final class EndLines {

    private static final Logger LOG = LoggerFactory.getLogger(EndLines.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private EndLines() {}

    static byte[] line(EditEnd end) {
        DeliveredUsage delivered = end.delivered();
        ObjectNode line = MAPPER.createObjectNode().put("edit", end.editId()).put("end", end.kind().name())
                .put("cost", end.cost().nanos()).put("images", delivered.images())
                .put("text_input", delivered.textInputTokens())
                .put("cached_text_input", delivered.cachedTextInputTokens())
                .put("image_input", delivered.imageInputTokens())
                .put("cached_image_input", delivered.cachedImageInputTokens())
                .put("text_output", delivered.textOutputTokens()).put("image_output", delivered.imageOutputTokens());
        if (end.note() != null) {
            line.put("note", end.note());
        }
        EndReport report = end.report();
        if (report != null) {
            line.put("report", report.document());
            report.upstreamIds().forEach(line.putArray("upstream_ids")::add);
        }
        try {
            // begins a line too: what a failed write left of the line before does not swallow this one
            return ("\n" + MAPPER.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The contents of a file.
     *
     * @param ends the ends, in order
     * @param unreadable the number of lines that are complete and not ends
     */
    record Contents(List<EditEnd> ends, int unreadable) {}

    /** Reads all lines. */
    static Contents read(Path file) throws IOException {
        List<EditEnd> ends = new ArrayList<>();
        int unreadable = 0;
        for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            try {
                Optional<EditEnd> end = parse(line);
                end.ifPresent(ends::add);
                unreadable += end.isEmpty() ? 1 : 0;
            } catch (JsonEOFException e) {
                LOG.warn("line of a journal is incomplete and skipped file={} length={}", file.getFileName(),
                        line.length());
            }
        }
        return new Contents(ends, unreadable);
    }

    private static Optional<EditEnd> parse(String line) throws JsonEOFException {
        try {
            JsonNode node = MAPPER.readTree(line);
            if (!node.isObject() || !node.path("edit").isTextual() || !node.path("cost").canConvertToLong()) {
                return Optional.empty();
            }
            return Optional.of(new EditEnd(node.path("edit").asText(),
                    EditEnd.Kind.valueOf(node.path("end").asText()),
                    new DeliveredUsage(number(node, "images"), number(node, "text_input"),
                            number(node, "cached_text_input"), number(node, "image_input"),
                            number(node, "cached_image_input"), number(node, "text_output"),
                            number(node, "image_output")),
                    new Money(number(node, "cost")), node.hasNonNull("note") ? node.path("note").asText() : null,
                    report(node)));
        } catch (JsonEOFException e) {
            throw e;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The report; null if the line has none, as lines of earlier versions. */
    private static @Nullable EndReport report(JsonNode node) {
        if (!node.hasNonNull("report")) {
            return null;
        }
        List<String> ids = new ArrayList<>();
        node.path("upstream_ids").forEach(id -> ids.add(id.asText()));
        return new EndReport(node.path("report").asText(), ids);
    }

    private static long number(JsonNode node, String name) {
        return node.path(name).asLong();
    }
}
