package dev.retouch.mock.kind;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializable;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.node.POJONode;

import dev.retouch.mock.wire.Answer;

/** An image of a document, read and encoded in base64 while the document is written. */
record FileImage(Path file) implements JsonSerializable {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).build();

    /** The image as a string of a document. */
    static JsonNode in(Path file) {
        return new POJONode(new FileImage(file));
    }

    /** The response with this document. */
    static Answer.Document answer(JsonNode document) {
        return new Answer.Document(200, java.util.Map.of(), "application/json",
                out -> MAPPER.writeValue(out, document));
    }

    @Override
    public void serialize(JsonGenerator json, SerializerProvider serializers) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, in, Math.toIntExact(Files.size(file)));
        }
    }

    @Override
    public void serializeWithType(JsonGenerator json, SerializerProvider serializers, TypeSerializer types)
            throws IOException {
        serialize(json, serializers);
    }
}
