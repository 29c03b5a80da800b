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

import dev.retouch.server.config.Configuration.Limits;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.Spool;

/**
 * The one door through which bodies come in: Jersey asks it for the form or the JSON document that a resource method
 * takes. Bounds the body's size and turns a silent or vanished client into an error of the contract.
 */
public final class BodyReader implements ReaderInterceptor {

    /** Room on the server is taken in steps, so that it is not asked about every few kilobytes. */
    private static final long ROOM_STEP = 1 << 20;

    private final Spool spool;
    private final Limits limits;
    private final LongSupplier nanoTime;
    private final FormReader forms;
    private final ObjectReader json;
    /** Readers of the documents of administration. */
    private final Map<Class<?>, ObjectReader> documents = new ConcurrentHashMap<>();

    /**
     * A reader that spools images and keeps to these limits.
     *
     * @param nanoTime the clock that tells how fast a body comes, such as {@link System#nanoTime()}
     */
    public BodyReader(Spool spool, Limits limits, LongSupplier nanoTime) {
        this.spool = spool;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.forms = new FormReader(spool, limits.parts(), limits.text().asInt());
        this.json = StrictJson.ofEdits(ImageEditJson.class);
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        if (!(context.getProperty(Exchange.PROPERTY) instanceof Exchange exchange)) {
            throw new IllegalStateException("a body without an exchange");
        }
        long announced = announcedLength(context);
        if (announced > limits.body().bytes()) {
            throw tooLarge();
        }
        Object read = read(context, new BoundedBody(context.getInputStream(), exchange), exchange);
        exchange.bodyIsRead();
        return read;
    }

    private Object read(ReaderInterceptorContext context, InputStream body, Exchange exchange) throws IOException {
        if (context.getType() == FormDataMultiPart.class) {
            String boundary = context.getMediaType().getParameters().get("boundary");
            if (boundary == null || boundary.isEmpty() || boundary.length() > 200) {
                throw new ApiException(ErrorMessage.MULTIPART_IS_MALFORMED).with("reason",
                        "its Content-Type names no usable boundary; leave it to your HTTP library to write that header");
            }
            return forms.read(body, boundary, exchange);
        }
        if (context.getType() == ImageEditJson.class) {
            return StrictJson.read(json, new InlineImageFilter(body, spool, exchange, limits.text().asInt()), exchange);
        }
        return StrictJson.read(documents.computeIfAbsent(context.getType(), StrictJson::readerFor), body, exchange);
    }

    private static long announcedLength(ReaderInterceptorContext context) {
        String header = context.getHeaders().getFirst("Content-Length");
        return header == null ? -1 : Long.parseLong(header);
    }

    private ApiException tooLarge() {
        return new ApiException(ErrorMessage.BODY_IS_TOO_LARGE).with("maximum", limits.body().bytes());
    }

    /** Counts what was read, and tells a slow client from a broken one. */
    private final class BoundedBody extends FilterInputStream {

        private final Exchange exchange;
        private final Pace pace = new Pace(nanoTime, limits.minimumRate().bytes(), limits.minimumRateAfter());
        private long read;
        private long room;

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
                    throw new ApiException(ErrorMessage.BODY_IS_TOO_SLOW).with("seconds", limits.idle().toSeconds())
                            .because(e);
                }
                throw new ClientGoneException(e);
            }
            if (count > 0 && pace.isTrickleAfter(count)) {
                throw new ApiException(ErrorMessage.BODY_TRICKLES).with("rate", limits.minimumRate().bytes());
            }
            read += Math.max(0, count);
            if (read > room) {
                exchange.grow(ROOM_STEP);
                room += ROOM_STEP;
            }
            if (read > limits.body().bytes()) {
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
