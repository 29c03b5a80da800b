package dev.retouch.server.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.glassfish.jersey.server.ContainerException;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.spi.ContainerResponseWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.bytes.BufferSink;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.Exchange;

/** Writes the response of Jersey to Jetty. */
final class JerseyResponseWriter implements ContainerResponseWriter {

    private static final Logger LOG = LoggerFactory.getLogger(JerseyResponseWriter.class);

    private final Request request;
    private final Response response;
    private final Exchange exchange;
    private final InFlightExchanges exchanges;
    private final UnreadBodyDrainer unread;
    private final Http2StreamControl stream;
    private final Watchdog watchdog;
    private final ResponsePace pace;
    private final Watchdog.Check slowReader;
    private @Nullable OutputStream out;
    private @Nullable Throwable failure;

    JerseyResponseWriter(Request request, Response response, Exchange exchange, InFlightExchanges exchanges,
            Watchdog watchdog, ResponseRate minRate) {
        this.exchange = exchange;
        this.stream = new Http2StreamControl(request);
        this.watchdog = watchdog;
        this.pace = new ResponsePace(System::nanoTime, minRate.bytesPerSecond(), minRate.grace(),
                () -> disconnect(minRate));
        this.slowReader = () -> !pace.abortIfTooSlow();
        this.unread = new UnreadBodyDrainer(request, stream);
        this.request = request;
        this.response = response;
        this.exchanges = exchanges;
        watchdog.add(slowReader);
    }

    /** Disconnects a client that reads too slowly, because an unread response holds memory, files and server capacity. */
    private void disconnect(ResponseRate minRate) {
        LOG.info("client reads too slowly request={} minimum-bytes-per-second={}", RequestIdHandler.idOf(request),
                minRate.bytesPerSecond());
        if (!stream.cancel()) {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
        }
    }

    @Override
    public OutputStream writeResponseStatusAndHeaders(long contentLength, ContainerResponse answer) {
        response.setStatus(answer.getStatus());
        if (!ClientProbe.isHttp2(request) && (!unread.isOver() || exchanges.isRefusing())) {
            // a response that does not wait for the rest of the body closes an HTTP/1.1 connection; HTTP/2 ends the
            // stream only
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        answer.getStringHeaders().forEach((name, values) -> {
            response.getHeaders().remove(name);
            values.forEach(value -> response.getHeaders().add(name, value));
        });
        TraceIdHeader.set(request, response, exchange.record().trace());
        if (contentLength >= 0 && !response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, contentLength);
        }
        if (response.getHeaders().contains(HttpHeader.TRAILER)) {
            response.setTrailersSupplier(this::trailers);
        }
        Content.Sink connection = Response.asBufferedSink(request, response);
        OutputStream written = Content.Sink.asOutputStream(connection);
        out = written;
        LeftOpen body = new LeftOpen(written, connection, stream, pace, exchange.record());
        exchange.connect(body);
        return body;
    }

    /** Returns the unread rest of the body. */
    UnreadBodyDrainer unread() {
        return unread;
    }

    /** Disables the idle timeout while the gateway works. */
    void unlimited() {
        stream.disableIdleTimeout();
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
        if (exchange.isAbandoned() && !ClientProbe.isHttp2(request) && !response.isCommitted()) {
            // the client closed its direction of the connection: it cannot be distinguished from one that closed both
            watchdog.remove(slowReader);
            AccessLog.rememberGone(request);
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            callback.failed(new EofException("the client disconnected"));
            return;
        }
        exchange.failure().ifPresent(this::failure);
        try {
            if (failure == null && written != null) {
                stream.restoreIdleTimeout();
                pace.writing(0);
                written.close();
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            watchdog.remove(slowReader);
        }
        if (failure == null) {
            AccessLog.rememberWhole(request);
            unread.discard(callback);
        } else if (response.isCommitted()) {
            // too late for an error response: the connection is aborted, so that the client does not accept a partial
            // response
            LOG.info("response aborted request={} cause=\"{}\"", RequestIdHandler.idOf(request), failure.toString());
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
     * Ignores close. Jersey closes a response even if its body failed, and a partial response would look complete.
     * {@link #complete} closes the stream if nothing failed.
     */
    private static final class LeftOpen extends FilterOutputStream implements BufferSink {

        private final Content.Sink connection;
        private final Http2StreamControl stream;
        private final ResponsePace pace;
        private final EditRecord record;

        LeftOpen(OutputStream out, Content.Sink connection, Http2StreamControl stream, ResponsePace pace,
                EditRecord record) {
            super(out);
            this.connection = connection;
            this.stream = stream;
            this.pace = pace;
            this.record = record;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            send(length, () -> out.write(source, offset, length));
            record.firstByte();
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            send(bytes.remaining(), () -> awaitWritten(bytes));
            bytes.position(bytes.limit());
            record.firstByte();
        }

        /** Waits without being interrupted: the caller may fill the buffer again, so no write may go on after this returns. */
        private void awaitWritten(ByteBuffer bytes) throws IOException {
            Callback.Completable written = new Callback.Completable(Invocable.InvocationType.NON_BLOCKING);
            connection.write(false, bytes, written);
            try {
                written.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
            }
        }

        @Override
        public void flush() throws IOException {
            send(0, out::flush);
        }

        /** Sends so many bytes. The time until the client has taken them counts for its pace, and the idle timeout applies to it. */
        private void send(int count, Sending sending) throws IOException {
            stream.restoreIdleTimeout();
            pace.writing(count);
            try {
                sending.run();
            } finally {
                pace.written();
            }
            stream.disableIdleTimeout();
        }

        @Override
        public void close() throws IOException {
            // closed by complete
        }
    }

    private interface Sending {

        void run() throws IOException;
    }
}
