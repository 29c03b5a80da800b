package dev.retouch.server.upstream;

import java.util.Set;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;

/** An edit as the JSON document that OpenAI takes, with the types that it expects. */
final class EditDocument {

    private static final Set<String> INTEGERS = Set.of("n", "output_compression", "partial_images");
    private static final Set<String> BOOLEANS = Set.of("stream");

    private EditDocument() {}

    static Request.Content of(LinkedEdit edit, ObjectMapper mapper) {
        ObjectNode document = mapper.createObjectNode();
        document.put("model", edit.model()).put("prompt", edit.prompt());
        edit.parameters().forEach((name, value) -> {
            if (INTEGERS.contains(name)) {
                document.put(name, Integer.parseInt(value));
            } else if (BOOLEANS.contains(name)) {
                document.put(name, Boolean.parseBoolean(value));
            } else {
                document.put(name, value);
            }
        });
        edit.imageUrls().forEach(url -> document.withArray("images").addObject().put("image_url", url));
        edit.maskUrl().ifPresent(url -> document.putObject("mask").put("image_url", url));
        return new StringRequestContent("application/json", document.toString());
    }
}
