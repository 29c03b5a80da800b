package dev.retouch.server.answer;

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

import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.Exchange;

/**
 * Starts the response before the result is known if it takes longer than {@code streaming.keep-alive}, and sends
 * keep-alive comments (events) or white space (JSON). Later errors go into the body, because the status line has been
 * sent.
 */
public final class KeepAliveResponder {

    private static final Logger LOG = LoggerFactory.getLogger(KeepAliveResponder.class);

    private final Duration events;
    private final Duration documents;
    private final InBandErrorWriter errors;

    /**
     * Creates a responder.
     *
     * @param events the maximum silence of an SSE stream; zero for no limit
     * @param documents the maximum silence of a JSON response; zero for no limit
     * @param errors writes errors into a started response
     */
    public KeepAliveResponder(Duration events, Duration documents, InBandErrorWriter errors) {
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
    public EditResponse await(boolean streamed, Map<String, String> headers, Exchange exchange, boolean outlastsClient,
            Supplier<EditResponse> edit) {
        Duration every = streamed ? events : documents;
        if (every.isZero()) {
            return edit.get();
        }
        FutureTask<EditResponse> answer = new FutureTask<>(() -> {
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

    private EditResponse begun(boolean streamed, Map<String, String> headers, Exchange exchange,
            boolean outlastsClient, FutureTask<EditResponse> answer) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        if (exchange.takesTrailers()) {
            all.put("trailer", String.join(", ", EditResponse.TRAILERS));
        }
        return new EditResponse(streamed, all,
                out -> write(streamed, exchange, answer, new ClientOutputStream(out, outlastsClient)));
    }

    private Map<String, String> write(boolean streamed, Exchange exchange, FutureTask<EditResponse> answer,
            OutputStream out) throws IOException {
        EditResponse late;
        try (KeepAliveOutputStream alive = streamed
                ? new KeepAliveOutputStream(out, KeepAliveOutputStream.COMMENT, events, exchange.cancellation())
                : new KeepAliveOutputStream(out, KeepAliveOutputStream.SPACE, documents, exchange.cancellation())) {
            alive.beat();
            late = outcome(answer);
        } catch (CanceledException e) {
            if (e.reason() == Cancellation.Reason.CLIENT_GONE) {
                throw new IOException("the client went away", e);
            }
            writeError(e, streamed, exchange, out);
            return Map.of();
        } catch (RuntimeException e) {
            writeError(e, streamed, exchange, out);
            return Map.of();
        }
        Map<String, String> trailers = new LinkedHashMap<>(late.headers());
        trailers.putAll(late.body().writeTo(out));
        trailers.keySet().retainAll(EditResponse.TRAILERS);
        return trailers;
    }

    private void writeError(RuntimeException failure, boolean streamed, Exchange exchange, OutputStream out)
            throws IOException {
        if (streamed) {
            errors.write(failure, exchange, out);
        } else {
            errors.writeDocument(failure, exchange, out);
        }
    }

    /** What an edit opens is given back only when nothing is opened any more. */
    private static void end(FutureTask<EditResponse> answer, Exchange exchange) {
        if (!answer.isDone()) {
            exchange.cancellation().cancel(Cancellation.Reason.CLIENT_GONE);
            try {
                outcome(answer);
            } catch (RuntimeException e) {
                LOG.debug("response ended after disconnect request={}", exchange.id(), e);
            }
        }
    }

    private static EditResponse outcome(FutureTask<EditResponse> answer) {
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
