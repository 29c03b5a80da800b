package dev.retouch.server.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;

import dev.retouch.server.storage.StorageObserver.Operation;
import dev.retouch.server.storage.StorageObserver.Outcome;

/** Makes the requests to an object store behind a circuit breaker, and reports each to the observer. Thread-safe. */
final class StoreCalls {

    private static final Logger LOG = LoggerFactory.getLogger(StoreCalls.class);

    private static final int NOT_FOUND = 404;
    private static final int WINDOW = 10;
    private static final int MIN_CALLS = 4;
    private static final Duration OPEN_TIME = Duration.ofSeconds(2);

    private final CircuitBreaker breaker = CircuitBreaker.of("object-store",
            CircuitBreakerConfig.custom().slidingWindowSize(WINDOW).minimumNumberOfCalls(MIN_CALLS)
                    .waitDurationInOpenState(OPEN_TIME).permittedNumberOfCallsInHalfOpenState(1).build());
    private final StorageObserver observer;

    StoreCalls(StorageObserver observer) {
        this.observer = observer;
        breaker.getEventPublisher().onStateTransition(event -> LOG.warn(
                "circuit breaker of the object store changed state={}", event.getStateTransition().getToState()));
    }

    /** A request of the SDK. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    /**
     * Makes a request.
     *
     * @throws NoSuchFileException if the object does not exist
     * @throws StorageException if the store failed, or the circuit breaker is open
     */
    <T> T make(Operation operation, String name, Call<T> call) throws IOException {
        if (!breaker.tryAcquirePermission()) {
            observer.ended(operation, Outcome.REJECTED, Duration.ZERO);
            throw new StorageException("the circuit breaker of the object store is open");
        }
        long start = System.nanoTime();
        try {
            T result = call.run();
            succeeded(operation, Outcome.OK, start);
            return result;
        } catch (AbortedException e) { // this thread was interrupted, which says nothing about the store
            breaker.releasePermission();
            throw new StorageException("the request was canceled", e);
        } catch (AwsServiceException e) {
            if (e.statusCode() == NOT_FOUND && operation != Operation.PUT && operation != Operation.LIST) {
                succeeded(operation, Outcome.MISSING, start);
                throw missing(name, e);
            }
            throw failed(operation, name, start, e);
        } catch (IOException | RuntimeException e) {
            throw failed(operation, name, start, e);
        }
    }

    private static NoSuchFileException missing(String name, Throwable cause) {
        NoSuchFileException missing = new NoSuchFileException(name);
        missing.initCause(cause);
        return missing;
    }

    private void succeeded(Operation operation, Outcome outcome, long start) {
        long nanos = System.nanoTime() - start;
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        observer.ended(operation, outcome, Duration.ofNanos(nanos));
    }

    private StorageException failed(Operation operation, String name, long start, Exception cause) {
        long nanos = System.nanoTime() - start;
        breaker.onError(nanos, TimeUnit.NANOSECONDS, cause);
        observer.ended(operation, Outcome.FAILED, Duration.ofNanos(nanos));
        LOG.info("request to the object store failed operation={} name={} ms={} cause=\"{}\"", operation, name,
                TimeUnit.NANOSECONDS.toMillis(nanos), cause.toString());
        return new StorageException("the object store failed: " + cause.getMessage(), cause);
    }
}
