package dev.retouch.mock.edit;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.retouch.mock.error.ApiErrorException;

/**
 * The threads that decode, paint and encode. Their number bounds the memory for images. They are platform threads, so painting does
 * not block the virtual threads of other requests.
 */
public final class RenderPool implements AutoCloseable {

    private final ExecutorService painters;

    public RenderPool(int painters) {
        this.painters = Executors.newFixedThreadPool(painters,
                Thread.ofPlatform().daemon().name("mock-painter-", 1).factory());
    }

    <T> T paint(Callable<T> work) throws IOException {
        Future<T> result = painters.submit(work);
        try {
            return result.get();
        } catch (InterruptedException e) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while painting", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ApiErrorException refusal -> throw refusal;
                case IOException failure -> throw failure;
                case null, default -> throw new IllegalStateException("painting failed", e.getCause());
            }
        }
    }

    @Override
    public void close() {
        painters.shutdownNow();
    }
}
