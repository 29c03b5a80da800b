package dev.retouch.server.intake;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;

import com.fasterxml.jackson.databind.ObjectReader;
import org.glassfish.jersey.media.multipart.FormDataMultiPart;

import dev.retouch.server.config.HttpSettings;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.Spool;

/**
 * Reads every request body for Jersey: the form or the JSON document that a resource method takes. Limits the size of the body
 * and maps a silent or disconnected client to an error of the contract.
 */
public final class RequestBodyInterceptor implements ReaderInterceptor {

    /** Server capacity is reserved in steps of so many bytes. */
    private static final long STEP = 1 << 20;

    private final Spool spool;
    private final HttpSettings limits;
    private final LongSupplier nanoTime;
    private final IntakeLimits intake;
    private final FormReader forms;
    private final ContentEncoding encodings;
    private final ObjectReader json;
    /** Readers of the documents of administration. */
    private final Map<Class<?>, ObjectReader> documents = new ConcurrentHashMap<>();

    /**
     * A reader that spools images and keeps to these limits.
     *
     * @param fields the text fields of the contract
     * @param nanoTime the clock by which the rate of a body is measured, such as {@link System#nanoTime()}
     */
    public RequestBodyInterceptor(Spool spool, HttpSettings limits, KnownFields fields, LongSupplier nanoTime) {
        this.spool = spool;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.intake = new IntakeLimits(limits.maxTextSize().asInt(), limits.maxParts(), fields);
        this.forms = new FormReader(spool, limits.maxParts(), limits.maxTextSize().asInt(), fields);
        this.encodings = new ContentEncoding(limits.maxBodySize().bytes());
        this.json = StrictJson.ofEdits(ImageEditJson.class);
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        if (!(context.getProperty(Exchange.PROPERTY) instanceof Exchange exchange)) {
            throw new IllegalStateException("a body without an exchange");
        }
        long announced = announcedLength(context);
        if (announced > limits.maxBodySize().bytes()) {
            throw tooLarge();
        }
        InputStream body = encodings.decoded(new BoundedBody(context.getInputStream(), exchange),
                context.getHeaders().getFirst("Content-Encoding"), exchange);
        boolean encoded = context.getHeaders().getFirst("Content-Encoding") != null;
        Object read = read(context, body, encoded ? -1 : announced, exchange);
        exchange.bodyIsRead();
        return read;
    }

    private Object read(ReaderInterceptorContext context, InputStream body, long length, Exchange exchange)
            throws IOException {
        if (context.getType() == FormDataMultiPart.class) {
            String boundary = context.getMediaType().getParameters().get("boundary");
            if (boundary == null || boundary.isEmpty() || boundary.length() > 200) {
                throw new ApiException(ErrorMessage.MULTIPART_IS_MALFORMED).withArgument("reason",
                        "its Content-Type names no usable boundary; leave it to your HTTP library to write that header");
            }
            return forms.read(body, boundary, length, exchange);
        }
        InputStream text = JsonCharset.utf8(body, context.getMediaType().getParameters().get("charset"));
        if (context.getType() == ImageEditJson.class) {
            return StrictJson.read(json, new InlineImageExtractor(text, spool, exchange, intake), exchange);
        }
        return StrictJson.read(documents.computeIfAbsent(context.getType(), StrictJson::readerFor), text, exchange);
    }

    private static long announcedLength(ReaderInterceptorContext context) {
        return ContentLength.of(context.getHeaders().getFirst("Content-Length"));
    }

    private ApiException tooLarge() {
        return new ApiException(ErrorMessage.BODY_IS_TOO_LARGE).withArgument("maximum", limits.maxBodySize().bytes());
    }

    /** Counts the bytes read, and distinguishes a slow client from a disconnected one. */
    private final class BoundedBody extends FilterInputStream {

        private final Exchange exchange;
        private final MinimumRateMeter pace = new MinimumRateMeter(nanoTime, limits.minRate().bytes(),
                limits.minRateAfter());
        private final long startNanos = nanoTime.getAsLong();
        private long read;
        private long reserved;

        BoundedBody(InputStream in, Exchange exchange) {
            super(in);
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
            pace.waiting();
            try {
                count = in.read(target, offset, length);
            } catch (IOException e) {
                if (isTimeout(e)) {
                    throw new ApiException(ErrorMessage.BODY_IS_TOO_SLOW)
                            .withArgument("seconds", limits.idleTimeout().toSeconds())
                            .withCause(e);
                }
                throw new ClientDisconnectedException(e);
            }
            if (count > 0 && pace.isTrickleAfter(count)) {
                throw new ApiException(ErrorMessage.BODY_TRICKLES).withArgument("rate", limits.minRate().bytes());
            }
            if (count > 0 && nanoTime.getAsLong() - startNanos > limits.maxBodyTime().toNanos()) {
                throw new ApiException(ErrorMessage.BODY_TAKES_TOO_LONG).withArgument("seconds",
                        limits.maxBodyTime().toSeconds());
            }
            read += Math.max(0, count);
            while (read > reserved) {
                exchange.grow(STEP);
                reserved += STEP;
            }
            if (read > limits.maxBodySize().bytes()) {
                throw tooLarge();
            }
            return count;
        }

        private static boolean isTimeout(Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof TimeoutException) {
                    return true;
                }
            }
            return false;
        }
    }
}
