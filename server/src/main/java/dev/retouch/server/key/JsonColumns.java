package dev.retouch.server.key;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.moderation.ModerationPolicy;
import dev.retouch.server.normalise.NormalisationStep;
import dev.retouch.server.retention.RetainMode;
import dev.retouch.server.retention.RetentionPolicy;

/**
 * Reads and writes lists, limits and moderation policies as JSON columns, with the names of the HTTP API. Rejects
 * unknown names, so that a limit misspelled by hand does not become no limit.
 */
final class JsonColumns {

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

    private record LimitsJson(@Nullable Integer concurrentEdits, @Nullable Integer queue,
            @Nullable BigDecimal queueWaitSeconds, @Nullable Integer requestsPerMinute,
            @Nullable Integer imagesPerMinute) {}

    private record Moderation(ModerationPolicy.Mode mode, ModerationPolicy.OnFailure onFailure,
            Map<String, BigDecimal> thresholds) {}

    /** Writes a list of names. */
    String text(List<String> names) {
        return write(names);
    }

    /** Writes limits without those that are null. */
    String text(AdmissionLimits limits) {
        Duration wait = limits.queueWait();
        BigDecimal seconds = wait == null ? null : BigDecimal.valueOf(wait.toMillis(), 3).stripTrailingZeros();
        return write(new LimitsJson(limits.concurrentEdits(), limits.queue(), seconds, limits.requestsPerMinute(),
                limits.imagesPerMinute()));
    }

    /** Writes a moderation policy. */
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

    /** Writes changes to images; null for those of the settings. */
    @Nullable
    String steps(@Nullable Set<NormalisationStep> steps) {
        return steps == null ? null : write(steps.stream().map(NormalisationStep::wireName).sorted().toList());
    }

    /** Reads changes to images. */
    @Nullable
    Set<NormalisationStep> steps(Place place, @Nullable String text) {
        try {
            return text == null ? null : NormalisationStep.setOf(names(place, text));
        } catch (IllegalArgumentException e) {
            throw place.damaged(String.valueOf(e.getMessage()));
        }
    }

    /** Reads limits. */
    AdmissionLimits limits(Place place, String text) {
        LimitsJson json = object(place, text, LimitsJson.class);
        try {
            BigDecimal seconds = json.queueWaitSeconds();
            Duration wait = seconds == null ? null : Duration.ofMillis(seconds.movePointRight(3).longValueExact());
            return new AdmissionLimits(json.concurrentEdits(), json.queue(), wait, json.requestsPerMinute(),
                    json.imagesPerMinute());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw place.damaged(String.valueOf(e.getMessage()));
        }
    }

    /** Reads a moderation policy, in which every property is required. */
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

    /** Reads a mask mode, which is a word and not JSON. */
    static MaskMode maskMode(Place place, String text) {
        return MaskMode.ofWireName(text).orElseThrow(() -> place.damaged("it is no mask mode"));
    }

    /** Reads what is kept of edits: a word and a number, not JSON. */
    static RetentionPolicy retention(Place place, String mode, int days) {
        try {
            return new RetentionPolicy(
                    RetainMode.ofWireName(mode).orElseThrow(() -> place.damaged("it is no retention")), days);
        } catch (IllegalArgumentException e) {
            throw place.damaged(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Position of a column, for error messages.
     *
     * @param table name of the table
     * @param row name or id of the row
     * @param column name of the column
     */
    record Place(String table, String row, String column) {

        /** Returns the exception for an unreadable column. */
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
