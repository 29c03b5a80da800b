package dev.retouch.server.upstream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.answer.AnswerReaders;

/** The body of an upstream's response, whatever its headers say of it. Compression was not asked for; gzip is read all the same. */
final class ResponseBody {

    private static final int BEGINNING = 64;

    private ResponseBody() {}

    /** The body without its content encoding. An encoding other than gzip is a failure that names it. */
    static InputStream decoded(HttpFields headers, InputStream body) throws IOException {
        String encoding = Optional.ofNullable(headers.get(HttpHeader.CONTENT_ENCODING)).orElse("").strip()
                .toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "", "identity" -> body;
            case "gzip", "x-gzip" -> closing(new GZIPInputStream(body, 16 * 1024), body);
            default -> throw new IOException("the upstream answered with the content encoding " + encoding
                    + ", which was not asked for");
        };
    }

    /** Closing the decoder closes the response as well. */
    private static InputStream closing(GZIPInputStream decoder, InputStream body) {
        return new FilterInputStream(decoder) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return in.read(target, offset, length);
            }

            @Override
            public void close() throws IOException {
                try (body) {
                    super.close();
                }
            }
        };
    }

    /** Whether a stream of events was announced. */
    static boolean isEventStream(HttpFields headers) {
        return mediaType(headers).equals("text/event-stream");
    }

    /** The body of an edit; nothing where it is something else, by its first bytes if its media type does not say. */
    static Optional<InputStream> ofEdit(HttpFields headers, InputStream body) throws IOException {
        String type = mediaType(headers);
        if (type.equals("text/event-stream") || type.equals("application/json") || type.endsWith("+json")) {
            return Optional.of(body);
        }
        PushbackInputStream peeked = new PushbackInputStream(body, BEGINNING);
        byte[] beginning = new byte[BEGINNING];
        int length = 0;
        int count = peeked.read(beginning);
        while (count > 0 && !AnswerReaders.isDecided(beginning, length + count) && length + count < BEGINNING) {
            length += count;
            count = peeked.read(beginning, length, BEGINNING - length);
        }
        length += Math.max(0, count);
        peeked.unread(beginning, 0, length);
        return AnswerReaders.looksLikeAnswer(beginning, length) ? Optional.of(peeked) : Optional.empty();
    }

    private static String mediaType(HttpFields headers) {
        @Nullable
        String type = headers.get(HttpHeader.CONTENT_TYPE);
        return type == null ? "" : type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }
}
