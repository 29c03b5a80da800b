package dev.retouch.server.http;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * The body of a request for Jersey.
 *
 * <p>The idle timeout ends only the wait for a silent client. If bytes of the client have arrived when it expires, this process was slow or
 * frozen, and reading goes on.
 *
 * <p>Ignores close. Jersey closes a body that it rejects, and Jetty would then reset the connection before the client has read the
 * response. {@link UnreadBodyDrainer} drains the body instead.
 */
final class RequestBodyStream extends FilterInputStream {

    private final Request request;
    /** What had arrived when the last timeout expired. */
    private ByteArrayInputStream arrived = new ByteArrayInputStream(new byte[0]);

    RequestBodyStream(Request request) {
        super(Request.asInputStream(request));
        this.request = request;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (arrived.available() == 0) {
            try {
                return in.read(target, offset, length);
            } catch (IOException e) {
                if (!(e.getCause() instanceof TimeoutException) || !takeArrived()) {
                    throw e;
                }
            }
        }
        return arrived.read(target, offset, length);
    }

    /** Takes what can be read without waiting, which may be the end of the body. Returns false if there is nothing. */
    private boolean takeArrived() {
        Content.Chunk chunk = request.read();
        if (chunk == null || Content.Chunk.isFailure(chunk)) {
            return false;
        }
        byte[] bytes = new byte[chunk.remaining()];
        chunk.get(bytes, 0, bytes.length);
        chunk.release();
        arrived = new ByteArrayInputStream(bytes);
        return bytes.length > 0 || chunk.isLast();
    }

    @Override
    public void close() {
        // drained by the handler
    }
}
