package dev.retouch.contract.answer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import org.jspecify.annotations.Nullable;

/**
 * One case of a data file: what the client asks, what the provider answers, what the client gets.
 *
 * @param name what the case shows
 * @param variants texts that each make a separate case, in place of {@code {{variant}}} in the body
 * @param request parameters of the edit besides image and prompt
 * @param settings settings of the gateway that differ from the defaults
 * @param upstream the provider's answer
 * @param expect what comes of it
 */
record AnswerCase(String name, @Nullable List<String> variants, @Nullable Map<String, String> request,
        @Nullable Map<String, String> settings, Upstream upstream, Expected expect) {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /**
     * The provider's answer.
     *
     * @param status 200 where it is missing
     * @param type the media type; application/json where it is missing
     * @param pieces the bytes that are sent at a time
     * @param breaksAfter the bytes after which the connection is closed
     */
    record Upstream(@Nullable Integer status, @Nullable String type, @Nullable Map<String, String> headers, String body,
            @Nullable Integer pieces, @Nullable Integer breaksAfter) {}

    /**
     * What comes of an answer.
     *
     * @param status the status that the client gets; 200 where it is missing
     * @param images the number of images that the client gets
     * @param form {@code b64_json}, {@code url}, or {@code link} for a URL that cannot be fetched; in which form they are
     * @param events the names of the events of a stream, in order
     * @param warning the value of x-retouch-warning; none is expected where it is missing
     * @param code the code of the error
     * @param message words in the message of the error
     * @param absent words that nothing of the response may have
     * @param contains words that the body has
     * @param state how the edit ended in the ledger: settled, released or undecided
     * @param charged the number of images that are charged; as many as {@code images} where it is missing
     * @param cost what was charged
     * @param trailer whether the cost can only be a trailer, because the head left before it was known
     */
    record Expected(@Nullable Integer status, @Nullable Integer images, @Nullable String form,
            @Nullable List<String> events, @Nullable String warning, @Nullable String code, @Nullable String message,
            @Nullable List<String> absent, @Nullable List<String> contains, String state, @Nullable Integer charged,
            @Nullable String cost, @Nullable Boolean trailer) {}

    private record File(@JsonProperty("cases") List<AnswerCase> cases) {}

    /** The cases of a data file, with each variant as a case. */
    static List<AnswerCase> of(String file) {
        try (InputStream in = AnswerCase.class.getResourceAsStream(file)) {
            List<AnswerCase> all = new ArrayList<>();
            for (AnswerCase each : YAML.readValue(in, File.class).cases()) {
                List<String> variants = each.variants();
                if (variants == null) {
                    all.add(each);
                } else {
                    variants.forEach(variant -> all.add(each.with(variant)));
                }
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    private AnswerCase with(String variant) {
        Upstream changed = new Upstream(upstream.status, upstream.type, upstream.headers,
                upstream.body.replace("{{variant}}", variant), upstream.pieces, upstream.breaksAfter);
        String label = variant.length() > 90 ? variant.substring(0, 90) + "…" : variant;
        return new AnswerCase(name + ": " + label.replace("\n", " "), null, request, settings, changed, expect);
    }
}
