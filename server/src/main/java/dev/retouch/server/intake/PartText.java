package dev.retouch.server.intake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Decodes text parts by the charset and the media type in their headers. The default is UTF-8 (RFC 7578, section 5.1.2). */
final class PartText {

    private static final ObjectMapper JSON = new ObjectMapper();

    private PartText() {}

    /**
     * Returns the text of a part. A part with {@code Content-Type: application/json} that holds a JSON string is the value of
     * that string.
     *
     * @throws MalformedMultipartException if the charset is unknown or the bytes are not in it
     */
    static String decode(PartHeaders headers, byte[] bytes) throws MalformedMultipartException {
        Charset charset = charset(headers);
        String text;
        try {
            text = charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMultipartException("the part '" + headers.name() + "' is not " + charset.name()
                    + " text; name its charset in its Content-Type, such as 'text/plain; charset=ISO-8859-1'");
        }
        return headers.isJson() ? unquoted(text) : text;
    }

    private static Charset charset(PartHeaders headers) throws MalformedMultipartException {
        String name = headers.charset().filter(text -> !text.isBlank()).orElse(StandardCharsets.UTF_8.name());
        try {
            return Charset.forName(name.strip());
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new MalformedMultipartException(
                    "the part '" + headers.name() + "' has an unknown charset; use UTF-8");
        }
    }

    private static String unquoted(String text) {
        if (!text.strip().startsWith("\"")) {
            return text;
        }
        try {
            JsonNode value = JSON.readTree(text);
            return value.isTextual() ? value.textValue() : text;
        } catch (JsonProcessingException e) {
            return text; // some programs label every field application/json and write it without quotes
        }
    }
}
