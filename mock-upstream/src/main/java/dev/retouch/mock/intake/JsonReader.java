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

    /**
     * Reads one document.
     *
     * @param bareImages whether strings that are images in base64, without {@code data:} before it, become {@link DataUrl}s
     */
    JsonNode read(InputStream in, TempDirectory workspace, boolean bareImages) throws IOException {
        try (JsonParser parser = json.createParser(in)) {
            JsonToken first = parser.nextToken();
            JsonNode document = first == null
                    ? nodes.missingNode()
                    : new Values(parser, workspace, bareImages).value(first);
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

    /** The values of one document. */
    private final class Values {

        private final JsonParser parser;
        private final TempDirectory workspace;
        private final boolean bareImages;

        Values(JsonParser parser, TempDirectory workspace, boolean bareImages) {
            this.parser = parser;
            this.workspace = workspace;
            this.bareImages = bareImages;
        }

        JsonNode value(JsonToken token) throws IOException {
            return switch (token) {
                case START_OBJECT -> object();
                case START_ARRAY -> array();
                case VALUE_STRING -> string();
                case VALUE_NUMBER_INT -> nodes.numberNode(parser.getBigIntegerValue());
                case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
                case VALUE_TRUE -> nodes.booleanNode(true);
                case VALUE_FALSE -> nodes.booleanNode(false);
                case VALUE_NULL -> nodes.nullNode();
                default -> throw unreadable();
            };
        }

        private JsonNode object() throws IOException {
            ObjectNode object = nodes.objectNode();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                object.set(name, value(parser.nextToken()));
            }
            return object;
        }

        private JsonNode array() throws IOException {
            ArrayNode array = nodes.arrayNode();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                array.add(value(token));
            }
            return array;
        }

        private JsonNode string() throws IOException {
            JsonStringSink string = new JsonStringSink(workspace, bareImages);
            try (string) {
                parser.getText(string);
            }
            Optional<DataUrl> url = string.dataUrl();
            return url.isPresent() ? nodes.pojoNode(url.get()) : nodes.textNode(string.text());
        }
    }
}
