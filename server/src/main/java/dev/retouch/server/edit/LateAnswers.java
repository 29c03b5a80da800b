package dev.retouch.server.edit;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.intake.CanceledException;
import dev.retouch.server.intake.Cancellation;
import dev.retouch.server.intake.Exchange;

/**
 * Keeps a connection alive while an edit takes long: where its answer is not there after a while, an answer begins all the same,
 * with comments or white space. From then on a failure is told in the answer, because its status is out.
 */
public final class LateAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(LateAnswers.class);

    private final Duration events;
    private final Duration documents;
    private final ErrorEvents errors;

    /**
     * Waits this long.
     *
     * @param events how long a stream of events may be silent; zero for as long as it takes
     * @param documents how long a JSON answer may be; zero for as long as it takes
     * @param errors how failures are told in an answer that has begun
     */
    public LateAnswers(Duration events, Duration documents, ErrorEvents errors) {
        this.events = events;
        this.documents = documents;
        this.errors = errors;
    }

    /**
     * The answer to an edit, or one that has begun without it.
     *
     * @param headers what is known of the answer already
     * @param outlastsClient whether the answer is read to its end although its client is gone
     * @param edit makes the answer; ends when the exchange is canceled
     */
    EditAnswer await(boolean streamed, Map<String, String> headers, Exchange exchange, boolean outlastsClient,
            Supplier<EditAnswer> edit) {
        Duration every = streamed ? events : documents;
        if (every.isZero()) {
            return edit.get();
        }
        FutureTask<EditAnswer> answer = new FutureTask<>(() -> {
            try (var _ = exchange.logged()) {
                return edit.get();
            }
        });
        exchange.closeLater(() -> end(answer, exchange));
        Thread.ofVirtual().name("edit-" + exchange.id()).start(answer);
        try {
            answer.get(every.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return begun(streamed, headers, exchange, outlastsClient, answer);
        } catch (ExecutionException e) {
            return outcome(answer); // which says it without the wrapping
        } catch (InterruptedException e) {
            exchange.cancellation().cancel(Cancellation.Reason.STOPPING);
            Thread.currentThread().interrupt();
        }
        return outcome(answer);
    }

    private EditAnswer begun(boolean streamed, Map<String, String> headers, Exchange exchange,
            boolean outlastsClient, FutureTask<EditAnswer> answer) {
        Map<String, String> told = new LinkedHashMap<>(headers);
        told.put("trailer", String.join(", ", EditAnswer.TRAILERS));
        return new EditAnswer(streamed, told,
                out -> write(streamed, exchange, answer, new ClientStream(out, outlastsClient)));
    }

    private Map<String, String> write(boolean streamed, Exchange exchange, FutureTask<EditAnswer> answer,
            OutputStream out) throws IOException {
        EditAnswer late;
        try (KeepAlive alive = streamed
                ? new KeepAlive(out, KeepAlive.COMMENT, events, exchange.cancellation())
                : new KeepAlive(out, KeepAlive.SPACE, documents, exchange.cancellation())) {
            alive.beat();
            late = outcome(answer);
        } catch (CanceledException e) {
            if (e.reason() == Cancellation.Reason.CLIENT_GONE) {
                throw new IOException("the client went away", e);
            }
            tell(e, streamed, exchange.id(), out);
            return Map.of();
        } catch (RuntimeException e) {
            tell(e, streamed, exchange.id(), out);
            return Map.of();
        }
        Map<String, String> trailers = new LinkedHashMap<>(late.headers());
        trailers.putAll(late.body().writeTo(out));
        trailers.keySet().retainAll(EditAnswer.TRAILERS);
        return trailers;
    }

    private void tell(RuntimeException failure, boolean streamed, String requestId, OutputStream out)
            throws IOException {
        if (streamed) {
            errors.write(failure, requestId, out);
        } else {
            errors.writeDocument(failure, requestId, out);
        }
    }

    /** What an edit opens is given back only when nothing is opened any more. */
    private static void end(FutureTask<EditAnswer> answer, Exchange exchange) {
        if (!answer.isDone()) {
            exchange.cancellation().cancel(Cancellation.Reason.CLIENT_GONE);
            try {
                outcome(answer);
            } catch (RuntimeException e) {
                LOG.debug("ended unheard request={}", exchange.id(), e);
            }
        }
    }

    private static EditAnswer outcome(FutureTask<EditAnswer> answer) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    interrupted = true; // it ends by being canceled, and in no other way
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
