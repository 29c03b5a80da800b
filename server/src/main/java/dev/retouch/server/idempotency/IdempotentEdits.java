package dev.retouch.server.idempotency;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditAnswer;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.Edits;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.FailureTeller;
import dev.retouch.server.error.RelayedErrorException;
import dev.retouch.server.error.RepeatedErrorException;
import dev.retouch.server.intake.CanceledException;
import dev.retouch.server.intake.Cancellation;
import dev.retouch.server.intake.Cancellation.Reason;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Caller;
import dev.retouch.server.store.DatabaseAwayException;

/** Edits under a key: the first one runs and is recorded, all others get the record. */
public final class IdempotentEdits implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IdempotentEdits.class);
    /** For what is left to do once an edit was told to end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Edits edits;
    private final Claims claims;
    private final AnswerFiles files;
    private final FailureTeller teller;
    private final Duration grace;
    private final Set<Exchange> running = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("recorded-edit-", 0).factory());

    /**
     * Records these edits.
     *
     * @param grace how long edits may go on after {@link #close}
     */
    public IdempotentEdits(Edits edits, Claims claims, AnswerFiles files, FailureTeller teller, Duration grace) {
        this.edits = edits;
        this.claims = claims;
        this.files = files;
        this.teller = teller;
        this.grace = grace;
    }

    /** Edits under this key. */
    public Edits under(IdempotencyKey key) {
        return (request, caller, exchange, linkBase) -> edit(key,
                new Order(request, caller, exchange, linkBase, new CompletableFuture<>()));
    }

    /** What is to be done, and the way to tell how it goes. */
    private record Order(EditRequest request, Caller caller, Exchange exchange, URI linkBase,
            CompletableFuture<Begun> begun) {

        Order on(Exchange other) {
            return new Order(request, caller, other, linkBase, begun);
        }
    }

    /** An answer whose body is on its way. */
    private record Begun(Head head, Recording body) {}

    private EditAnswer edit(IdempotencyKey key, Order order) {
        String editId = order.exchange().id();
        Optional<StoredAnswer> stored = take(key, Fingerprint.of(order.request()), editId);
        if (stored.isPresent()) {
            LOG.info("answered again request={} status={}", editId, stored.get().status());
            return again(stored.get());
        }
        start(key, order.on(order.exchange().handOver()));
        // the client waits and reads along; that it goes away ends that and nothing else
        Cancellation client = order.exchange().cancellation();
        Begun begun = client.interruptibly(() -> begun(order));
        return new EditAnswer(begun.head().streamed(), begun.head().headers(), out -> {
            if (!begun.head().streamed()) {
                // who has all of it may ask again at once, and must then find it kept
                begun.body().awaitEnd(client);
            }
            begun.body().copyTo(out, client);
            return begun.body().trailers();
        });
    }

    private Optional<StoredAnswer> take(IdempotencyKey key, String fingerprint, String editId) {
        try {
            return claims.take(key, fingerprint, editId);
        } catch (DatabaseAwayException e) {
            claims.free(key, editId); // it may have been written all the same
            throw e;
        }
    }

    private static Begun begun(Order order) throws InterruptedException {
        try {
            return order.begun().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    private void start(IdempotencyKey key, Order order) {
        try {
            threads.execute(() -> run(key, order));
        } catch (RuntimeException e) {
            order.exchange().close();
            claims.free(key, order.exchange().id());
            throw e;
        }
    }

    private EditAnswer again(StoredAnswer answer) {
        Head head = Head.again(answer);
        try {
            InputStream body = files.open(answer)
                    .orElseThrow(() -> new ApiException(ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN));
            if (answer.status() == 200) {
                return new EditAnswer(head.streamed(), head.headers(), out -> {
                    try (body) {
                        body.transferTo(out);
                    }
                    return Map.of();
                });
            }
            try (body) {
                throw new RepeatedErrorException(answer.status(), head.headers(),
                        new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(IdempotencyKey key, Order order) {
        Exchange exchange = order.exchange();
        running.add(exchange);
        try (exchange; var _ = exchange.logged()) {
            EditAnswer answer = edits.edit(order.request(), order.caller(), exchange, order.linkBase());
            record(key, answer, order);
        } catch (RuntimeException e) {
            end(key, exchange.id(), e);
            order.begun().completeExceptionally(e);
        } finally {
            running.remove(exchange);
            order.begun().completeExceptionally(new IllegalStateException("an edit ended without an answer"));
        }
    }

    private void record(IdempotencyKey key, EditAnswer answer, Order order) {
        String editId = order.exchange().id();
        Head head = new Head(answer.streamed(), answer.headers());
        try (Recording recording = files.newRecording()) {
            order.begun().complete(new Begun(head, recording));
            Map<String, String> trailers = answer.body().writeTo(recording);
            claims.answered(key, editId, files.finished(recording, 200, head.with(trailers)));
            recording.end(trailers);
        } catch (IOException e) {
            LOG.error("the answer of an edit could not be kept request={}", editId, e);
            claims.cutOff(key, editId);
            order.begun().completeExceptionally(new UncheckedIOException(e));
        }
    }

    private void end(IdempotencyKey key, String editId, RuntimeException failure) {
        switch (failure) {
            case RelayedErrorException refusal -> keep(key, editId, refusal);
            case ApiException known -> {
                if (known.mayHaveRun()) {
                    keep(key, editId, known);
                } else {
                    claims.free(key, editId);
                }
            }
            case CanceledException _,DatabaseAwayException _ -> claims.cutOff(key, editId);
            default -> unexpected(key, editId, failure);
        }
    }

    private void unexpected(IdempotencyKey key, String editId, RuntimeException failure) {
        try {
            if (claims.wasLetThrough(editId)) {
                keep(key, editId, failure);
            } else {
                claims.free(key, editId);
            }
        } catch (DatabaseAwayException e) {
            claims.cutOff(key, editId);
        }
    }

    private void keep(IdempotencyKey key, String editId, RuntimeException failure) {
        RepeatedErrorException told = teller.told(failure, editId);
        try {
            claims.answered(key, editId, files.write(told.status(), new Head(false, told.headers()), told.body()));
        } catch (IOException e) {
            LOG.error("the answer of an edit could not be kept request={}", editId, e);
            claims.cutOff(key, editId);
        }
    }

    /** Forgets what has expired. Whoever keeps house calls it every now and then. */
    public void removeExpired() {
        claims.removeExpired();
        files.removeExpired();
    }

    /** Lets edits go on for the time of grace, then ends them. */
    @Override
    public void close() {
        threads.shutdown();
        if (!over(grace)) {
            running.forEach(exchange -> exchange.cancellation().cancel(Reason.STOPPING));
            if (!over(LAST_WORDS)) {
                LOG.warn("edits are left behind count={}", running.size());
            }
        }
    }

    private boolean over(Duration patience) {
        try {
            return threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
