package dev.retouch.server.config;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;

import dev.retouch.server.secret.Secret;

/**
 * Reads secrets, which are text. A number without quotes is rejected, because YAML does not keep its digits as written. The message
 * does not repeat it.
 */
final class SecretDeserializer extends StdDeserializer<Secret> {

    SecretDeserializer() {
        super(Secret.class);
    }

    @Override
    public Secret deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException("is a secret; write it in quotes");
        }
        return new Secret(parser.getText());
    }
}
