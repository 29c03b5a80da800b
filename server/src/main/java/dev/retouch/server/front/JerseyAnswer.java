package dev.retouch.server.front;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.glassfish.jersey.server.ContainerException;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.spi.ContainerResponseWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.intake.Exchange;

/** Jersey's answer on its way to Jetty. */
final class JerseyAnswer implements ContainerResponseWriter {

    private static final Logger LOG = LoggerFactory.getLogger(JerseyAnswer.class);

    private final Request request;
    private final Response response;
    private final Exchange exchange;
    private final OpenExchanges exchanges;
    private final UnreadBody unread;
    private final MaybeStream stream;
    private @Nullable OutputStream out;
    private @Nullable Throwable failure;

    JerseyAnswer(Request request, Response response, Exchange exchange, OpenExchanges exchanges) {
        this.exchange = exchange;
        this.stream = new MaybeStream(request);
        this.unread = new UnreadBody(request, stream);
        this.request = request;
        this.response = response;
        this.exchanges = exchanges;
    }

    @Override
    public OutputStream writeResponseStatusAndHeaders(long contentLength, ContainerResponse answer) {
        response.setStatus(answer.getStatus());
        if (!WaitingClient.isHttp2(request) && (!unread.isOver() || exchanges.isRefusing())) {
            // an answer that does not wait for the rest of the body ends the connection, and has to say so; HTTP/2 has no
            // such word, and ends the stream alone
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        answer.getStringHeaders().forEach((name, values) -> {
            response.getHeaders().remove(name);
            values.forEach(value -> response.getHeaders().add(name, value));
        });
        if (contentLength >= 0 && !response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, contentLength);
        }
        if (response.getHeaders().contains(HttpHeader.TRAILER)) {
            response.setTrailersSupplier(this::trailers);
        }
        OutputStream written = Response.asBufferedOutputStream(request, response);
        out = written;
        return new LeftOpen(written, stream);
    }

    /** What the client still sends. */
    UnreadBody unread() {
        return unread;
    }

    /** From now on the client may be silent: the gateway works. */
    void unlimited() {
        stream.unlimited();
    }

    private HttpFields trailers() {
        HttpFields.Mutable fields = HttpFields.build();
        exchange.trailers().forEach(fields::put);
        return fields;
    }

    @Override
    public void failure(Throwable error) {
        failure = error;
    }

    void complete(Callback callback) {
        OutputStream written = out;
        exchange.broken().ifPresent(this::failure);
        try {
            if (failure == null && written != null) {
                stream.limited();
                written.close();
            }
        } catch (IOException e) {
            failure = e;
        }
        if (failure == null) {
            AccessLog.rememberWhole(request);
            unread.discard(callback);
        } else if (response.isCommitted()) {
            // too late for an error: the connection breaks off, which no client takes for a whole answer
            LOG.info("answer broken off request={} cause={}", RequestIdHandler.idOf(request), failure.toString());
            callback.failed(failure);
        } else {
            Response.writeError(request, response, callback, HttpStatus.INTERNAL_SERVER_ERROR_500, null, failure);
        }
    }

    @Override
    public boolean suspend(long timeOut, TimeUnit unit, @Nullable TimeoutHandler handler) {
        throw new ContainerException("requests run on virtual threads and are never suspended");
    }

    @Override
    public void setSuspendTimeout(long timeOut, TimeUnit unit) {
        throw new IllegalStateException("requests run on virtual threads and are never suspended");
    }

    @Override
    public void commit() {
        // completed when the handler returns
    }

    @Override
    public boolean enableResponseBuffering() {
        return false;
    }

    /**
     * Jersey closes an answer in good order even when its body failed, and half an answer would look like a whole one. So it
     * gets a stream that it cannot close; {@link #complete} closes the real one when nothing failed.
     */
    private static final class LeftOpen extends FilterOutputStream {

        private final MaybeStream stream;

        LeftOpen(OutputStream out, MaybeStream stream) {
            super(out);
            this.stream = stream;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            stream.limited();
            out.write(source, offset, length);
            stream.unlimited();
        }

        @Override
        public void flush() throws IOException {
            stream.limited();
            out.flush();
            stream.unlimited();
        }

        @Override
        public void close() throws IOException {
            // left to the handler
        }
    }
}
