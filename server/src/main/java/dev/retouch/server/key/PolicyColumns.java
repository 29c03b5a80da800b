package dev.retouch.server.key;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.policy.ModerationPolicy;
import dev.retouch.server.policy.RoomLimits;

/**
 * Lists, limits and moderation as the text of one column each, with the names that the HTTP API shows. Strict where it reads: a
 * limit that somebody wrote in by hand and misspelt must not become no limit.
 */
final class PolicyColumns {

    private final JsonMapper json = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS).disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private record Room(@Nullable Integer concurrentEdits, @Nullable Integer queue,
            @Nullable BigDecimal queueWaitSeconds, @Nullable Integer requestsPerMinute,
            @Nullable Integer imagesPerMinute) {}

    private record Moderation(ModerationPolicy.Mode mode, ModerationPolicy.OnFailure onFailure,
            Map<String, BigDecimal> thresholds) {}

    /** A list of names. */
    String text(List<String> names) {
        return write(names);
    }

    /** Limits; those that are not set are left out. */
    String text(RoomLimits room) {
        Duration wait = room.queueWait();
        BigDecimal seconds = wait == null ? null : BigDecimal.valueOf(wait.toMillis(), 3).stripTrailingZeros();
        return write(new Room(room.concurrentEdits(), room.queue(), seconds, room.requestsPerMinute(),
                room.imagesPerMinute()));
    }

    /** A policy of moderation. */
    String text(ModerationPolicy policy) {
        return write(new Moderation(policy.mode(), policy.onFailure(), policy.thresholds()));
    }

    /** Reads a list of names. */
    List<String> names(Place place, String text) {
        JsonNode tree = tree(place, text);
        List<String> names = new ArrayList<>();
        tree.forEach(name -> names.add(name.isTextual() ? name.textValue() : ""));
        if (!tree.isArray() || names.contains("")) {
            throw place.damaged("it is not a list of names");
        }
        return names;
    }

    /** Reads limits. */
    RoomLimits room(Place place, String text) {
        Room room = object(place, text, Room.class);
        try {
            BigDecimal seconds = room.queueWaitSeconds();
            Duration wait = seconds == null ? null : Duration.ofMillis(seconds.movePointRight(3).longValueExact());
            return new RoomLimits(room.concurrentEdits(), room.queue(), wait, room.requestsPerMinute(),
                    room.imagesPerMinute());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw place.damaged(String.valueOf(e.getMessage()));
        }
    }

    /** Reads a policy of moderation, of which nothing may be missing. */
    ModerationPolicy moderation(Place place, String text) {
        Moderation policy = object(place, text, Moderation.class,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
        if (policy.thresholds().containsValue(null)) {
            throw place.damaged("a threshold is null");
        }
        try {
            return new ModerationPolicy(policy.mode(), policy.onFailure(), policy.thresholds());
        } catch (IllegalArgumentException e) {
            throw place.damaged(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Where a text stands, to say so if it cannot be read.
     *
     * @param table in which table
     * @param row in the row with this name or id
     * @param column in which column
     */
    record Place(String table, String row, String column) {

        /** What to throw for a text that cannot be read. */
        IllegalStateException damaged(String reason) {
            return new IllegalStateException("the row '" + row + "' of the table " + table
                    + " is damaged: its column " + column + ": " + reason);
        }
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode tree(Place place, String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw place.damaged(e.getOriginalMessage());
        }
    }

    private <T> T object(Place place, String text, Class<T> type, DeserializationFeature... features) {
        JsonNode tree = tree(place, text);
        if (!tree.isObject()) {
            throw place.damaged("it is not an object");
        }
        try {
            return json.readerFor(type).withFeatures(features).readValue(tree);
        } catch (JsonProcessingException e) {
            throw place.damaged(e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw place.damaged(String.valueOf(e.getMessage()));
        }
    }
}
