package dev.retouch.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.io.ByteBufferPool;

import dev.retouch.server.image.Base64Stream;
import dev.retouch.server.upstream.UpstreamEdit.ImagePart;

/** An edit as the JSON document that OpenAI takes, with the types that it expects. */
final class EditDocument {

    private static final String JSON = "application/json";
    private static final Set<String> INTEGERS = Set.of("n", "output_compression", "partial_images");
    private static final Set<String> BOOLEANS = Set.of("stream");

    private final List<InputStream> pieces = new ArrayList<>();
    private long length;

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
        document.text(words.substring(0, words.length() - 1) + ",\"images\":[");
        String separator = "";
        for (ImagePart image : edit.images()) {
            document.text(separator);
            document.image(image);
            separator = ",";
        }
        document.text("]");
        edit.mask().ifPresent(mask -> {
            document.text(",\"mask\":");
            document.image(mask);
        });
        document.text("}");
        return new SizedContent(new SequenceInputStream(Collections.enumeration(document.pieces)), document.length);
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
        text("{\"image_url\":\"data:" + image.format().mediaType() + ";base64,");
        pieces.add(new Base64Stream(image.bytes().open()));
        length += Base64Stream.length(image.bytes().size());
        text("\"}");
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        pieces.add(new ByteArrayInputStream(bytes));
        length += bytes.length;
    }

    /** A stream whose length is known, so that the request has a Content-Length. */
    private static final class SizedContent extends InputStreamRequestContent {

        private final long size;

        SizedContent(InputStream in, long size) {
            super(JSON, in, new ByteBufferPool.Sized(ByteBufferPool.NON_POOLING, false, 32 * 1024));
            this.size = size;
        }

        @Override
        public long getLength() {
            return size;
        }
    }
}
