package dev.retouch.server.intake;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;

/** Decodes the {@code Content-Encoding} of request bodies: gzip, or none. */
final class ContentEncoding {

    private static final int BUFFER = 16 * 1024;
    /** Capacity for decoded bytes is reserved in steps. */
    private static final long STEP = 1 << 20;

    private final long maxBytes;

    /** A decoder of bodies that have at most so many bytes once they are decoded. */
    ContentEncoding(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Returns the body without its encoding.
     *
     * @param header the value of {@code Content-Encoding}; null if the request has none
     * @throws ApiException if the encoding is not supported
     */
    InputStream decoded(InputStream body, @Nullable String header, Exchange exchange) {
        String encoding = header == null ? "" : header.strip();
        return switch (encoding.toLowerCase(Locale.ROOT)) {
            case "", "identity" -> body;
            case "gzip", "x-gzip" -> new Gzip(body, exchange);
            default -> throw new ApiException(ErrorMessage.CONTENT_ENCODING_IS_NOT_SUPPORTED)
                    .withArgument("encoding", encoding).withHeaders(Map.of("accept-encoding", "gzip"));
        };
    }

    /** Decodes while it is read, so that a body that grows without limit ends at the limit. */
    private final class Gzip extends InputStream {

        private final InputStream body;
        private final Exchange exchange;
        private @Nullable InputStream decoder;
        private long bytes;
        private long reserved;

        Gzip(InputStream body, Exchange exchange) {
            this.body = body;
            this.exchange = exchange;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count;
            try {
                InputStream open = decoder;
                if (open == null) {
                    open = new GZIPInputStream(new Whole(body), BUFFER);
                    decoder = open;
                }
                count = open.read(target, offset, length);
            } catch (ZipException | EOFException e) {
                throw new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).withArgument("reason",
                        "its gzip data is damaged or cut off");
            }
            bytes += Math.max(0, count);
            while (bytes > reserved) {
                exchange.grow(STEP);
                reserved += STEP;
            }
            if (bytes > maxBytes) {
                throw new ApiException(ErrorMessage.BODY_IS_TOO_LARGE).withArgument("maximum", maxBytes);
            }
            return count;
        }
    }

    /** Says that more may follow, because the decoder takes a stream without available bytes for its end. */
    private static final class Whole extends FilterInputStream {

        Whole(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}
