package dev.retouch.mock.kind;

import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;

import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.DataUrl;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.model.Size;

/** Reads JSON requests as strictly as the providers: an unknown member is refused by name. */
final class JsonRequests {

    private static final int MAX_EDGE = 16_384;
    /** More pixels are not rendered, to bound memory: a result that would have more is smaller, in the same proportions. */
    private static final long MAX_PIXELS = 8_294_400;

    private JsonRequests() {}

    /** The document of a request. */
    static JsonNode document(RequestBody body) {
        if (!(body instanceof RequestBody.Json json) || !json.document().isObject()) {
            throw ProviderErrors.unsupportedMediaType("", "'application/json'");
        }
        return json.document();
    }

    /** Refuses members with other names. */
    static void allow(JsonNode object, Set<String> names) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            if (!names.contains(member.getKey())) {
                throw ProviderErrors.unknownParameter(member.getKey());
            }
        }
    }

    /** A text that must not be empty. */
    static String required(JsonNode object, String name) {
        JsonNode value = object.path(name);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw ProviderErrors.missing(name);
        }
        return value.textValue();
    }

    /** A text that is one of a few. */
    static String oneOf(JsonNode object, String name, Set<String> values, String usual) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!values.contains(value.asText())) {
            throw ProviderErrors.notAmong(name, value.asText(), values.stream().sorted().toList());
        }
        return value.asText();
    }

    /** Width and height as two numbers. */
    static Size size(JsonNode object, String width, String height, int multiple) {
        Size size = new Size(edge(object, width, multiple), edge(object, height, multiple));
        if (size.pixels() > MAX_PIXELS) {
            throw ProviderErrors.invalidValue(width, "The image must have at most " + MAX_PIXELS + " pixels.");
        }
        return size;
    }

    private static int edge(JsonNode object, String name, int multiple) {
        JsonNode value = object.path(name);
        if (!value.isIntegralNumber() || value.intValue() < multiple || value.intValue() > MAX_EDGE
                || value.intValue() % multiple != 0) {
            throw ProviderErrors.invalidValue(name, "Input should be a multiple of " + multiple + " pixels.");
        }
        return value.intValue();
    }

    /** The image of a string: of a data URL, or of base64 in forms that have it. */
    static StoredBytes image(JsonNode value, String name) {
        if (value instanceof POJONode node && node.getPojo() instanceof DataUrl data) {
            return data.bytes().orElseThrow(
                    () -> ProviderErrors.badRequest("'" + name + "' is not valid base64.", name, "invalid_base64"));
        }
        if (value.isMissingNode() || value.isNull()) {
            throw ProviderErrors.missing(name);
        }
        throw ProviderErrors.badRequest("'" + name + "' is not an image. This provider fetches no URLs.", name,
                "invalid_image");
    }

    /** The size of an image with these proportions, as near as multiples of 16 allow, and with about as many pixels. */
    static Size size(double ratio, long pixels) {
        long rendered = Math.min(pixels, MAX_PIXELS);
        return new Size(multiple(Math.sqrt(rendered * ratio)), multiple(Math.sqrt(rendered / ratio)));
    }

    private static int multiple(double edge) {
        int unit = 16;
        return Math.max(unit, (int) Math.round(edge / unit) * unit);
    }
}
