package dev.retouch.server.upstream;

import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;

import dev.retouch.server.image.Base64Stream;
import dev.retouch.server.upstream.UpstreamEdit.ImagePart;

/** An edit as the JSON document that OpenAI takes, with the types that it expects. */
final class EditDocument {

    private static final String JSON = "application/json";
    private static final Set<String> INTEGERS = Set.of("n", "output_compression", "partial_images");
    private static final Set<String> BOOLEANS = Set.of("stream");

    private final BodyInPieces body = new BodyInPieces();

    private EditDocument() {}

    /** With the images named by URL. */
    static Request.Content of(LinkedEdit edit, String model, Map<String, String> parameters, ObjectMapper mapper) {
        ObjectNode document = words(edit, model, parameters, mapper);
        edit.imageUrls().forEach(url -> document.withArray("images").addObject().put("image_url", url));
        edit.maskUrl().ifPresent(url -> document.putObject("mask").put("image_url", url));
        return new StringRequestContent(JSON, document.toString());
    }

    /** With the images inside, each read and encoded while the document is sent. */
    static Request.Content of(UpstreamEdit edit, String model, Map<String, String> parameters, ObjectMapper mapper) {
        EditDocument document = new EditDocument();
        String words = words(edit, model, parameters, mapper).toString();
        document.body.text(words.substring(0, words.length() - 1) + ",\"images\":[");
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
        document.body.text("}");
        return document.body.content(JSON);
    }

    private static ObjectNode words(OutgoingEdit edit, String model, Map<String, String> parameters,
            ObjectMapper mapper) {
        ObjectNode document = mapper.createObjectNode();
        document.put("model", model).put("prompt", edit.prompt());
        parameters.forEach((name, value) -> {
            if (INTEGERS.contains(name)) {
                document.put(name, Integer.parseInt(value));
            } else if (BOOLEANS.contains(name)) {
                document.put(name, Boolean.parseBoolean(value));
            } else {
                document.put(name, value);
            }
        });
        return document;
    }

    private void image(ImagePart image) {
        body.text("{\"image_url\":\"data:" + image.format().mediaType() + ";base64,");
        body.bytes(new Base64Stream(image.bytes().open()), Base64Stream.length(image.bytes().size()));
        body.text("\"}");
    }
}
