package dev.retouch.server.admission;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Edits, each on a virtual thread of its own, as in the server. */
final class Crowd implements AutoCloseable {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger edits = new AtomicInteger();

    Future<Slot> ask(Slots slots, SlotScope... scopes) {
        return run(() -> slots.acquire(List.of(scopes), nextEdit()));
    }

    <T> Future<T> run(Callable<T> work) {
        return threads.submit(work);
    }

    String nextEdit() {
        return "edit_" + edits.incrementAndGet();
    }

    /** What comes of it, or what is thrown. */
    static <T> T of(Future<T> future) throws Throwable {
        try {
            return future.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw causeOf(e);
        }
    }

    /** What is thrown, if anything is. */
    static Class<?> failureOf(Future<?> future) throws InterruptedException, TimeoutException {
        try {
            future.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return Void.class;
        } catch (CancellationException e) {
            return e.getClass();
        } catch (ExecutionException e) {
            return causeOf(e).getClass();
        }
    }

    private static Throwable causeOf(ExecutionException failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : cause;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
