package dev.retouch.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.ByteBufferPool;

/** A body of texts and images, read while it is sent, whose length is known beforehand. */
final class BodyInPieces {

    private final List<InputStream> pieces = new ArrayList<>();
    private long length;

    void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes(new ByteArrayInputStream(bytes), bytes.length);
    }

    void bytes(InputStream bytes, long size) {
        pieces.add(bytes);
        length += size;
    }

    /** All of it. */
    Request.Content content(String type) {
        return new SizedContent(type, new SequenceInputStream(Collections.enumeration(pieces)), length);
    }

    /** A stream whose length is known, so that the request has a Content-Length. */
    private static final class SizedContent extends InputStreamRequestContent {

        private final long size;

        SizedContent(String type, InputStream in, long size) {
            super(type, in, new ByteBufferPool.Sized(ByteBufferPool.NON_POOLING, false, 32 * 1024));
            this.size = size;
        }

        @Override
        public long getLength() {
            return size;
        }
    }
}
