package dev.retouch.server.upstream.gemini;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.jetty.client.Request;

import dev.retouch.server.upstream.CompositeBody;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

/** Writes an edit as the parts of a {@code generateContent} request. Images are read and encoded while it is sent. */
final class GeminiEditWriter {

    private static final String JSON = "application/json";

    private final ObjectMapper mapper = new ObjectMapper();

    /** The request of an edit that asks for one image. */
    Request.Content content(LoadedImageRequest edit) {
        CompositeBody body = new CompositeBody();
        body.text("{\"contents\":[{\"role\":\"user\",\"parts\":[");
        for (ImagePart image : edit.images()) {
            body.text("{\"inlineData\":{\"mimeType\":\"" + image.format().mediaType() + "\",\"data\":\"");
            body.base64(image.bytes());
            body.text("\"}},");
        }
        body.text(
                mapper.createObjectNode().put("text", edit.prompt()) + "]}],\"generationConfig\":" + configuration(edit)
                        + "}");
        return body.content(JSON);
    }

    private ObjectNode configuration(LoadedImageRequest edit) {
        ObjectNode configuration = mapper.createObjectNode();
        configuration.putArray("responseModalities").add("TEXT").add("IMAGE");
        edit.shape().ifPresent(shape -> {
            ObjectNode image = configuration.putObject("imageConfig").put("aspectRatio", shape.ratio());
            if (!shape.resolution().isEmpty()) {
                image.put("imageSize", shape.resolution());
            }
        });
        return configuration;
    }
}
