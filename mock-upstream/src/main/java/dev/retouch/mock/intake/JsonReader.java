package dev.retouch.mock.intake;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.error.ProviderErrors;

/** Reads a JSON document whose strings may be whole images. */
final class JsonReader {

    /** OpenAI's limit for an image URL, applied to all strings. */
    private static final int MAX_STRING = 20_971_520;

    private final JsonFactory json = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(MAX_STRING).maxNestingDepth(50).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;

    JsonNode read(InputStream in, TempDirectory workspace) throws IOException {
        try (JsonParser parser = json.createParser(in)) {
            JsonToken first = parser.nextToken();
            JsonNode document = first == null ? nodes.missingNode() : value(parser, first, workspace);
            if (parser.nextToken() != null) {
                throw unreadable();
            }
            return document;
        } catch (StreamConstraintsException _) {
            throw ProviderErrors.badRequest("Invalid body: a string is longer than " + MAX_STRING
                    + " characters, or the document is nested too deeply.", null, "string_above_max_length");
        } catch (com.fasterxml.jackson.core.JacksonException _) {
            throw unreadable();
        }
    }

    private static RuntimeException unreadable() {
        return ProviderErrors
                .badRequest("We could not parse the JSON body of your request. (HINT: This likely means you "
                        + "aren't using your HTTP library correctly. The API expects a JSON payload.)", null, null);
    }

    private JsonNode value(JsonParser parser, JsonToken token, TempDirectory workspace) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser, workspace);
            case START_ARRAY -> array(parser, workspace);
            case VALUE_STRING -> string(parser, workspace);
            case VALUE_NUMBER_INT -> nodes.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            case VALUE_NULL -> nodes.nullNode();
            default -> throw unreadable();
        };
    }

    private JsonNode object(JsonParser parser, TempDirectory workspace) throws IOException {
        ObjectNode object = nodes.objectNode();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            object.set(name, value(parser, parser.nextToken(), workspace));
        }
        return object;
    }

    private JsonNode array(JsonParser parser, TempDirectory workspace) throws IOException {
        ArrayNode array = nodes.arrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            array.add(value(parser, token, workspace));
        }
        return array;
    }

    private JsonNode string(JsonParser parser, TempDirectory workspace) throws IOException {
        JsonStringSink string = new JsonStringSink(workspace);
        try (string) {
            parser.getText(string);
        }
        Optional<DataUrl> url = string.dataUrl();
        return url.isPresent() ? nodes.pojoNode(url.get()) : nodes.textNode(string.text());
    }
}
