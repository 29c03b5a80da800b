package dev.retouch.server.api;

import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.EditRun;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.KeptRecord;
import dev.retouch.server.contract.model.Thumbnail;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.model.QuotedList;
import dev.retouch.server.retention.RetainMode;
import dev.retouch.server.retention.RetainedRecord;

/** Maps what is kept of edits to models of the contract, and parses what a group keeps. */
final class RetentionMapper {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private RetentionMapper() {}

    /** Parses what a group keeps; null stays null. */
    static @Nullable RetainMode mode(@Nullable String name) {
        return name == null
                ? null
                : RetainMode.ofWireName(name).orElseThrow(
                        () -> new ApiException(ErrorMessage.VALUE_IS_NOT_SUPPORTED, "retain")
                                .withArgument("value", name).withArgument("supported", QuotedList
                                        .of(Stream.of(RetainMode.values()).map(RetainMode::wireName).toList())));
    }

    /** Returns what is kept of an edit; null if nothing is. */
    static @Nullable KeptRecord kept(String edit, Optional<RetainedRecord> found) {
        return found.map(record -> document(edit, record)).orElse(null);
    }

    private static KeptRecord document(String edit, RetainedRecord record) {
        return new KeptRecord().expiresAt(record.expires().getEpochSecond())
                .run(record.run().map(RetentionMapper::run).orElse(null)).prompt(record.prompt().orElse(null))
                .thumbnails(record.thumbnails().isEmpty()
                        ? null
                        : record.thumbnails().stream()
                                .map(name -> new Thumbnail().name(name)
                                        .url("/admin/v1/edits/" + edit + "/thumbnails/" + name))
                                .toList())
                .unreadable(record.unreadable() ? true : null);
    }

    private static EditRun run(String json) {
        try {
            return MAPPER.readValue(json, EditRun.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot read how an edit ran", e);
        }
    }
}
