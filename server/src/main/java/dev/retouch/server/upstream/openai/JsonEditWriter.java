package dev.retouch.server.upstream.openai;

import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;

import dev.retouch.server.upstream.CompositeBody;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.RemoteImageRequest;
import dev.retouch.server.upstream.UpstreamRequest;

/** Writes an edit as the JSON document of OpenAI's images API. */
public final class JsonEditWriter {

    private static final String JSON = "application/json";
    private static final Set<String> INTEGERS = Set.of("n", "output_compression", "partial_images", "frame_count",
            "frame_duration_ms");
    private static final Set<String> BOOLEANS = Set.of("stream");

    private final CompositeBody body = new CompositeBody();

    private JsonEditWriter() {}

    /** The document with the URLs of remote images. */
    public static Request.Content of(RemoteImageRequest edit, String model, Map<String, String> parameters,
            ObjectMapper mapper) {
        ObjectNode document = fields(edit, model, parameters, mapper);
        edit.imageUrls().forEach(url -> document.withArray("images").addObject().put("image_url", url));
        edit.maskUrl().ifPresent(url -> document.putObject("mask").put("image_url", url));
        edit.markupUrl().ifPresent(url -> document.putObject("markup").put("image_url", url));
        return new StringRequestContent(JSON, document.toString());
    }

    /** The document with inline images, each read and encoded while it is sent. */
    public static Request.Content of(LoadedImageRequest edit, String model, Map<String, String> parameters,
            ObjectMapper mapper) {
        JsonEditWriter document = new JsonEditWriter();
        String fields = fields(edit, model, parameters, mapper).toString();
        document.body.text(fields.substring(0, fields.length() - 1) + ",\"images\":[");
        String separator = "";
        for (ImagePart image : edit.images()) {
            document.body.text(separator);
            document.image(image);
            separator = ",";
        }
        document.body.text("]");
        edit.mask().ifPresent(mask -> {
            document.body.text(",\"mask\":");
            document.image(mask);
        });
        edit.markup().ifPresent(markup -> {
            document.body.text(",\"markup\":");
            document.image(markup);
        });
        document.body.text("}");
        return document.body.content(JSON);
    }

    private static ObjectNode fields(UpstreamRequest edit, String model, Map<String, String> parameters,
            ObjectMapper mapper) {
        ObjectNode document = mapper.createObjectNode();
        document.put("model", model).put("prompt", edit.prompt());
        parameters.forEach((name, value) -> {
            if (INTEGERS.contains(name)) {
                document.put(name, Integer.parseInt(value));
            } else if (BOOLEANS.contains(name)) {
                document.put(name, Boolean.parseBoolean(value));
            } else if (name.startsWith("svg.")) {
                document.withObject("/" + name.substring(0, name.lastIndexOf('.')).replace('.', '/'))
                        .put(name.substring(name.lastIndexOf('.') + 1), value);
            } else {
                document.put(name, value);
            }
        });
        return document;
    }

    private void image(ImagePart image) {
        body.text("{\"image_url\":\"data:" + image.format().mediaType() + ";base64,");
        body.base64(image.bytes());
        body.text("\"}");
    }
}
