package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import dev.retouch.server.hosting.HostedFiles;

/**
 * Copies an answer and puts a link in the place of each {@code b64_json}, or beside it. The base64 goes from the upstream's
 * connection through the decoder into the hosted file; neither it nor the image is ever whole in memory.
 */
public final class LinkedImages {

    private final JsonFactory json;
    private final HostedFiles files;

    /** Links to files hosted there. */
    public LinkedImages(JsonFactory json, HostedFiles files) {
        this.json = json;
        this.files = files;
    }

    /**
     * Writes the answer with links.
     *
     * @param both whether the base64 stays, beside the link
     * @return what the images are that came
     */
    ReturnedImages rewrite(InputStream answer, OutputStream document, URI linkBase, boolean both) throws IOException {
        ReturnedImages returned = new ReturnedImages();
        try (JsonParser parser = json.createParser(answer); JsonGenerator generator = json.createGenerator(document)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && "b64_json".equals(parser.currentName())) {
                    parser.nextToken();
                    host(parser, generator, returned, linkBase, both);
                } else {
                    returned.at(parser, token);
                    generator.copyCurrentEvent(parser);
                }
            }
        }
        return returned;
    }

    private void host(JsonParser parser, JsonGenerator generator, ReturnedImages returned, URI linkBase, boolean both)
            throws IOException {
        try (HostedFiles.Upload upload = files.newUpload()) {
            try (ReturnedImages.Tap tap = returned.tap(upload)) {
                ReturnedImages.decode(parser, tap);
            }
            HostedFiles.Published published = upload.publish(linkBase);
            generator.writeStringField("url", published.link().toString());
            if (both) {
                generator.writeFieldName("b64_json");
                try (InputStream image = published.open()) {
                    generator.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, image, Math.toIntExact(published.size()));
                }
            }
        }
    }
}
