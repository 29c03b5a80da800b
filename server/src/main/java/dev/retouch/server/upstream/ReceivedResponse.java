package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferInputStream;

/**
 * Waits for the head of a response, and reads its body in the buffers that the network filled. At most one buffer is taken from the network
 * before its reader asks for more.
 */
final class ReceivedResponse extends BufferInputStream
        implements
            Response.ContentSourceListener,
            Response.FailureListener,
            Response.CompleteListener {

    private final CompletableFuture<Response> head = new CompletableFuture<>();
    /** Has a permit when a chunk has arrived or the response has failed. */
    private final Semaphore arrivals = new Semaphore(0);
    private Content.@Nullable Source source;
    /** What has arrived; its reader has not taken it yet. Guarded by this. */
    private Content.@Nullable Chunk arrived;
    /** Guarded by this. */
    private @Nullable Throwable failure;
    /** Guarded by this. */
    private boolean closed;
    /** What its reader has taken. Belongs to the reading thread. */
    private Content.@Nullable Chunk current;
    private boolean over;

    /**
     * Waits for the head.
     *
     * @throws ExecutionException if the request failed; its cause is the reason
     */
    Response head(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        return head.get(timeout, unit);
    }

    @Override
    public void onContentSource(Response response, Content.Source body) {
        source = body;
        head.complete(response);
    }

    @Override
    public void onFailure(Response response, Throwable cause) {
        fail(cause);
    }

    @Override
    public void onComplete(Result result) {
        Throwable cause = result.getFailure();
        if (cause != null) {
            fail(cause);
        }
    }

    private void fail(Throwable cause) {
        synchronized (this) {
            if (failure == null) {
                failure = cause;
            }
        }
        head.completeExceptionally(cause);
        arrivals.release();
    }

    @Override
    protected @Nullable ByteBuffer receive() throws IOException {
        release();
        Content.Source body = source;
        if (body == null) {
            throw new IllegalStateException("the head of the response has not arrived");
        }
        if (over) {
            return null;
        }
        while (true) {
            Content.Chunk chunk = take();
            if (chunk == null) {
                body.demand(this::arrived);
                await();
                continue;
            }
            over = chunk.isLast();
            if (chunk.hasRemaining()) {
                current = chunk;
                return chunk.getByteBuffer();
            }
            chunk.release();
            if (over) {
                return null;
            }
        }
    }

    /** What has arrived, if anything; otherwise the failure of the response, if it has failed. */
    private synchronized Content.@Nullable Chunk take() throws IOException {
        Content.Chunk chunk = arrived;
        arrived = null;
        if (chunk == null && closed) {
            throw new IOException("the response is closed");
        }
        if (chunk == null && failure != null) {
            throw failed(failure);
        }
        return chunk;
    }

    /** Jetty calls this where no other thread uses the source. */
    private void arrived() {
        Content.Source body = Objects.requireNonNull(source);
        Content.Chunk chunk = body.read();
        if (chunk == null) {
            body.demand(this::arrived);
            return;
        }
        if (Content.Chunk.isFailure(chunk)) {
            fail(chunk.getFailure());
            return;
        }
        synchronized (this) {
            if (closed) {
                chunk.release();
            } else {
                arrived = chunk;
            }
        }
        arrivals.release();
    }

    private void await() throws IOException {
        try {
            arrivals.acquire();
        } catch (InterruptedException e) {
            InterruptedIOException interrupted = new InterruptedIOException(
                    "the wait for the response was interrupted");
            interrupted.initCause(e);
            fail(interrupted); // bytes that arrive later are not delivered
            throw interrupted;
        }
    }

    private static IOException failed(Throwable cause) {
        return cause instanceof IOException known ? known : new IOException(cause);
    }

    private void release() {
        Content.Chunk used = current;
        current = null;
        if (used != null) {
            used.release();
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
        Content.Chunk unread;
        synchronized (this) {
            closed = true;
            unread = arrived;
            arrived = null;
        }
        if (unread != null) {
            unread.release();
        }
        release();
    }
}
