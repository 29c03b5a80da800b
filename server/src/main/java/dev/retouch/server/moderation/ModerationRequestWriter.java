package dev.retouch.server.moderation;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.io.ByteBufferPool;

import dev.retouch.server.image.Base64EncodingInputStream;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.moderation.ModerationImage.Held;
import dev.retouch.server.moderation.ModerationImage.Linked;

/** Writes moderation requests, with one input each: the service takes one image per request. */
final class ModerationRequestWriter {

    private static final String JSON = "application/json";

    private final String model;

    ModerationRequestWriter(String model) {
        this.model = model;
    }

    Request.Content body(String prompt) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.put("type", "text").put("text", prompt);
        return new StringRequestContent(JSON, document(input));
    }

    Request.Content body(ModerationImage image) {
        return switch (image) {
            case Linked linked -> new StringRequestContent(JSON, document(imageAt(linked.url())));
            case Held held -> inline(held.bytes().open(), held.bytes().size(), held.format());
        };
    }

    /** The request for a reduced copy of an image. */
    Request.Content body(byte[] jpeg) {
        return inline(new ByteArrayInputStream(jpeg), jpeg.length, ImageFormat.JPEG);
    }

    /** A document with an inline image, which is read and encoded while it is sent. */
    private Request.Content inline(InputStream image, long size, ImageFormat format) {
        String url = "data:" + format.mediaType() + ";base64,";
        String document = document(imageAt(url));
        int gap = document.lastIndexOf(url) + url.length();
        byte[] head = document.substring(0, gap).getBytes(StandardCharsets.UTF_8);
        byte[] tail = document.substring(gap).getBytes(StandardCharsets.UTF_8);
        InputStream body = new SequenceInputStream(Collections.enumeration(List.of(new ByteArrayInputStream(head),
                new Base64EncodingInputStream(image), new ByteArrayInputStream(tail))));
        return new SizedContent(body,
                head.length + Base64EncodingInputStream.length(size) + tail.length);
    }

    private static ObjectNode imageAt(String url) {
        ObjectNode input = JsonNodeFactory.instance.objectNode().put("type", "image_url");
        input.putObject("image_url").put("url", url);
        return input;
    }

    private String document(ObjectNode input) {
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("model", model);
        document.putArray("input").add(input);
        return document.toString();
    }

    /** A stream of known length, so that the request has a {@code Content-Length}. */
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
