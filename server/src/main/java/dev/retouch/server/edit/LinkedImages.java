package dev.retouch.server.edit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.hosting.HostedFiles;

/**
 * Copies an answer and puts a link in the place of each {@code b64_json}. The base64 goes from the upstream's connection
 * through the decoder into the hosted file; neither it nor the image is ever whole in memory.
 */
public final class LinkedImages {

    private final JsonFactory json = new JsonFactory();
    private final HostedFiles files;

    /** Links to files hosted there. */
    public LinkedImages(HostedFiles files) {
        this.files = files;
    }

    /** The small document that is left. */
    byte[] rewrite(InputStream answer, URI linkBase) {
        ByteArrayOutputStream document = new ByteArrayOutputStream(1024);
        int images = 0;
        try (JsonParser parser = json.createParser(answer); JsonGenerator generator = json.createGenerator(document)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && "b64_json".equals(parser.currentName())) {
                    parser.nextToken();
                    generator.writeStringField("url", host(parser, linkBase).toString());
                    images++;
                } else {
                    generator.copyCurrentEvent(parser);
                }
            }
        } catch (IOException e) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e);
        }
        if (images == 0) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        }
        return document.toByteArray();
    }

    private URI host(JsonParser parser, URI linkBase) throws IOException {
        try (HostedFiles.Upload upload = files.newUpload()) {
            parser.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, upload);
            return upload.publish(linkBase);
        }
    }
}
