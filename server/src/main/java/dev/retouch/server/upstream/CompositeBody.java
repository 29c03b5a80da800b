package dev.retouch.server.upstream;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.eclipse.jetty.client.Request;

import dev.retouch.server.bytes.BufferSource;
import dev.retouch.server.bytes.ByteArraySource;
import dev.retouch.server.bytes.GatheringSource;
import dev.retouch.server.bytes.StreamSource;
import dev.retouch.server.image.Base64EncodingInputStream;
import dev.retouch.server.image.ImageBytes;

/**
 * A request body of texts and images, read while it is sent, with a known length. Images in memory are sent from where they are; texts
 * are sent together with the images beside them.
 */
public final class CompositeBody {

    private final List<Supplier<BufferSource>> parts = new ArrayList<>();
    private final ByteArrayOutputStream texts = new ByteArrayOutputStream(512);
    private boolean repeatable = true;
    private long length;

    public void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        texts.writeBytes(bytes);
        length += bytes.length;
    }

    /** Adds the bytes of an image. */
    public void image(ImageBytes image) {
        add(image::source, image.size());
    }

    /** Adds an image as base64, which is encoded while it is sent. */
    public void base64(ImageBytes image) {
        add(() -> new StreamSource(new Base64EncodingInputStream(image.open())),
                Base64EncodingInputStream.length(image.size()));
    }

    /** Adds a stream of so many bytes. The body can then be sent once only. */
    public void bytes(InputStream bytes, long size) {
        repeatable = false;
        add(() -> new StreamSource(bytes), size);
    }

    private void add(Supplier<BufferSource> part, long size) {
        endText();
        parts.add(part);
        length += size;
    }

    private void endText() {
        byte[] bytes = texts.toByteArray();
        texts.reset();
        if (bytes.length > 0) {
            parts.add(() -> new ByteArraySource(bytes));
        }
    }

    /** The body, of this media type. */
    public Request.Content content(String type) {
        endText();
        List<Supplier<BufferSource>> all = List.copyOf(parts);
        long size = length;
        return new SourceContent(type, size,
                () -> new GatheringSource(all.stream().map(Supplier::get).toList(), size), repeatable);
    }
}
