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

import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditService;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.ErrorRenderer;
import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.hosting.HostedLinks;
import dev.retouch.server.key.ApiPrincipal;

/**
 * Executes edits with an idempotency key: the first request runs and its response is recorded, later requests get the
 * recorded response. An edit runs on its own thread and continues if its client disconnects. Closing it drains running
 * edits for the grace period and then cancels them.
 */
public final class IdempotentEditService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IdempotentEditService.class);
    /** The time that edits have to write their end after they were canceled. */
    private static final Duration CANCEL_GRACE = Duration.ofSeconds(2);

    private final EditService edits;
    private final IdempotencyRepository claims;
    private final StoredResponseFiles files;
    private final HostedLinks images;
    private final Duration lifetime;
    private final ErrorRenderer renderer;
    private final Duration grace;
    private final Set<Exchange> running = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("recorded-edit-", 0).factory());

    /**
     * Records the responses of this service.
     *
     * @param images signs the links in recorded responses anew
     * @param lifetime how long a response is kept
     * @param grace how long running edits may continue after {@link #close}
     */
    public IdempotentEditService(EditService edits, IdempotencyRepository claims, StoredResponseFiles files,
            HostedLinks images, Duration lifetime,
            ErrorRenderer renderer, Duration grace) {
        this.edits = edits;
        this.claims = claims;
        this.files = files;
        this.images = images;
        this.lifetime = lifetime;
        this.renderer = renderer;
        this.grace = grace;
    }

    /** The service that executes edits under this key. */
    public EditService under(IdempotencyKey key) {
        return (request, principal, exchange, linkBase) -> edit(key,
                new Order(request, principal, exchange, exchange, linkBase, new CompletableFuture<>()));
    }

    /**
     * An edit to execute.
     *
     * @param exchange the exchange that runs it
     * @param client the exchange of the request, which may be over before
     * @param begun the future of its response
     */
    private record Order(EditRequest request, ApiPrincipal principal, Exchange exchange, Exchange client, URI linkBase,
            CompletableFuture<RecordedResponse> begun) {

        Order on(Exchange other) {
            return new Order(request, principal, other, client, linkBase, begun);
        }
    }

    private EditResponse edit(IdempotencyKey key, Order order) {
        String editId = order.exchange().id();
        files.requireAvailable();
        Optional<StoredResponse> stored = take(key, Fingerprint.of(order.request()), editId);
        if (stored.isPresent()) {
            order.exchange().record().replayed();
            LOG.info("response replayed request={} status={}", editId, stored.get().status());
            return again(stored.get());
        }
        Exchange running = order.exchange().detach();
        running.retainImages(lifetime);
        RecordedEdit recorded = new RecordedEdit(claims, files, key, editId);
        running.runFor(recorded);
        start(key, order.on(running), recorded);
        // a disconnect ends this wait and not the edit
        Cancellation client = order.exchange().cancellation();
        return client.interruptibly(() -> begun(order)).forClient(client);
    }

    private Optional<StoredResponse> take(IdempotencyKey key, String fingerprint, String editId) {
        try {
            return claims.claim(key, fingerprint, editId);
        } catch (DatabaseUnavailableException e) {
            if (e.mayBeWritten()) {
                claims.releaseUncertain(key, fingerprint, editId);
            }
            throw e;
        }
    }

    private static RecordedResponse begun(Order order) throws InterruptedException {
        try {
            return order.begun().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    private void start(IdempotencyKey key, Order order, RecordedEdit recorded) {
        try {
            threads.execute(() -> run(key, order, recorded));
        } catch (RuntimeException e) {
            order.exchange().close();
            claims.release(key, order.exchange().id());
            throw e;
        }
    }

    private EditResponse again(StoredResponse answer) {
        ResponseHead head = ResponseHead.again(answer, images.keepsLength());
        try {
            InputStream body = files.open(answer)
                    .orElseThrow(() -> new ApiException(ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN));
            if (answer.status() == 200) {
                return new EditResponse(head.streamed(), head.headers(), out -> {
                    try (InputStream renewed = images.renewing(body)) {
                        renewed.transferTo(out);
                    }
                    return Map.of();
                });
            }
            try (body) {
                throw new ReplayedErrorException(answer.status(), head.headers(),
                        new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(IdempotencyKey key, Order order, RecordedEdit recorded) {
        Exchange exchange = order.exchange();
        running.add(exchange);
        try (exchange; var _ = exchange.logged()) {
            EditResponse answer = edits.edit(order.request(), order.principal(), exchange, order.linkBase());
            record(answer, order, recorded);
        } catch (RuntimeException e) {
            end(key, exchange.id(), e);
            order.begun().completeExceptionally(e);
        } catch (Error e) { // such as OutOfMemoryError: the key must not stay in use
            LOG.error("edit failed request={}", exchange.id(), e);
            IllegalStateException failure = new IllegalStateException("the edit failed", e);
            end(key, exchange.id(), failure);
            order.begun().completeExceptionally(failure);
        } finally {
            running.remove(exchange);
            order.begun().completeExceptionally(new IllegalStateException("an edit ended without a response"));
        }
    }

    private static void record(EditResponse answer, Order order, RecordedEdit recorded) {
        ResponseHead head = new ResponseHead(answer.streamed(), answer.headers());
        try (RecordingOutputStream recording = recorded.begin(head)) {
            RecordedResponse response = new RecordedResponse(head, recording,
                    order.client().closeLater(recording.newReader()));
            order.begun().complete(response);
            response.write(answer, recorded, order.exchange().id());
        } catch (IOException e) {
            LOG.error("response could not be recorded request={}", order.exchange().id(), e);
            recorded.failed(e);
            order.begun().completeExceptionally(new UncheckedIOException(e));
        }
    }

    private void end(IdempotencyKey key, String editId, RuntimeException failure) {
        switch (failure) {
            case UpstreamRefusalException refusal -> keep(key, editId, refusal);
            case ApiException known -> {
                if (known.mayHaveRun()) {
                    keep(key, editId, known);
                } else {
                    claims.release(key, editId);
                }
            }
            case CanceledException _,DatabaseUnavailableException _ -> claims.markUndecided(key, editId);
            default -> unexpected(key, editId, failure);
        }
    }

    private void unexpected(IdempotencyKey key, String editId, RuntimeException failure) {
        try {
            if (claims.wasDispatched(editId)) {
                keep(key, editId, failure);
            } else {
                claims.release(key, editId);
            }
        } catch (DatabaseUnavailableException e) {
            claims.markUndecided(key, editId);
        }
    }

    private void keep(IdempotencyKey key, String editId, RuntimeException failure) {
        ReplayedErrorException error = renderer.render(failure, editId);
        try {
            claims.complete(key, editId,
                    files.write(key.account(), error.status(), new ResponseHead(false, error.headers()), error.body()));
        } catch (IOException e) {
            LOG.error("response could not be stored request={}", editId, e);
            claims.markUndecided(key, editId);
        }
    }

    /**
     * Writes the rows of stored responses that wait for the database, also those of a process that has ended. Their charges are in the
     * journal of ends. A background job calls it periodically.
     */
    public void writeUnwritten() {
        try {
            for (UnwrittenResponses.Unwritten response : files.unwritten().all()) {
                claims.completeNow(response.key(), response.editId(), response.answer());
                files.unwritten().remove(response);
                LOG.info("stored response written late request={}", response.editId());
            }
        } catch (IOException e) {
            LOG.warn("stored responses that wait for the database are not readable", e);
        }
    }

    /** Frees keys that were claimed for edits that had ended. A background job calls it periodically. */
    public void removeLateClaims() {
        claims.removeLateClaims();
    }

    /** Removes expired responses. A background job calls it periodically. */
    public void removeExpired() {
        claims.removeExpired();
        files.removeExpired();
    }

    /** Drains running edits for the grace period, then cancels them. */
    @Override
    public void close() {
        threads.shutdown();
        if (!over(grace)) {
            running.forEach(exchange -> exchange.cancellation().cancel(Reason.STOPPING));
            if (!over(CANCEL_GRACE)) {
                LOG.warn("edits still running at shutdown count={}", running.size());
            }
        }
    }

    private boolean over(Duration timeout) {
        try {
            return threads.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
