package dev.retouch.server.upstream.poll;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.Refusal;
import dev.retouch.server.answer.RefusalPolicy;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.upstream.AttemptFailedException;
import dev.retouch.server.upstream.AttemptOutcome;
import dev.retouch.server.upstream.HttpCalls;
import dev.retouch.server.upstream.RetryScope;
import dev.retouch.server.upstream.UpstreamErrors;
import dev.retouch.server.upstream.UpstreamInterruptedException;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamResponse;

/**
 * One accepted edit, from its submission to its result. However it ends without a result, an edit that can be canceled is canceled; it may
 * have run, unless the upstream says that it failed.
 */
final class PollRun {

    private static final Logger LOG = LoggerFactory.getLogger(PollRun.class);
    /** Polls in a row that may fail: an edit that runs is not given up because of one bad response. */
    private static final int MAX_FAILED_POLLS = 5;

    private final PollUpstream upstream;
    private final PollKind kind;
    private final UpstreamRequest edit;
    private final JsonNode accepted;
    private final long deadline;
    private int failedPolls;

    /**
     * An accepted edit.
     *
     * @param deadline when it times out, on the clock of {@link System#nanoTime()}
     */
    PollRun(PollUpstream upstream, UpstreamRequest edit, JsonNode accepted, long deadline) {
        this.upstream = upstream;
        this.kind = upstream.kind();
        this.edit = edit;
        this.accepted = accepted;
        this.deadline = deadline;
    }

    /** Waits for the result. */
    UpstreamResponse result() throws AttemptFailedException {
        boolean ended = false;
        try {
            JsonNode state = accepted;
            while (!isDone(state)) {
                pause();
                state = polled(state);
            }
            UpstreamResponse response = fetched(state);
            ended = true;
            return response;
        } catch (UpstreamRefusalException e) {
            ended = true;
            throw e;
        } catch (AttemptFailedException e) {
            ended = !e.clientError().mayHaveRun();
            throw e;
        } finally {
            if (!ended) {
                cancel();
            }
        }
    }

    /** Whether there is a result; an edit that has ended without one is a failure. */
    private boolean isDone(JsonNode state) throws AttemptFailedException {
        PollKind.Poll words = kind.poll();
        String status = state.at(words.status()).asText("");
        if (words.blocked().contains(status)) {
            throw refused(state, "moderation_blocked");
        }
        if (words.lost().contains(status)) {
            throw failed(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT, AttemptOutcome.FAILED, "the edit is lost");
        }
        if (words.failed().contains(status)) {
            RefusalPolicy refusals = upstream.errors().refusals();
            Refusal refusal = new Refusal(reason(state), null, null, null, 0);
            if (refusals.subject(refusal, 200) == RefusalPolicy.Subject.CONTENT) {
                throw refused(state, "moderation_blocked");
            }
            throw new AttemptFailedException(new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT)
                    .withCause(new IOException("the upstream says that the edit failed")), RetryScope.OTHER_UPSTREAM,
                    AttemptOutcome.FAILED);
        }
        return words.done().contains(status);
    }

    private RuntimeException refused(JsonNode state, String code) {
        String reason = reason(state);
        String status = state.at(kind.poll().status()).asText("");
        // a reason may be a single word, which says nothing without the state
        String message = kind.poll().blocked().contains(status) && !reason.isEmpty() ? status + ": " + reason : reason;
        RuntimeException failure = upstream.errors().refusals().failure(new Refusal(message, null, null, code, 0), 200);
        return failure instanceof UpstreamRefusalException refusal ? refusal.withHeaders(requestId()) : failure;
    }

    /** The header with the upstream's id of the edit. */
    private Map<String, String> requestId() {
        return upstream.requestId(accepted).map(id -> Map.of(UpstreamErrors.REQUEST_ID, id)).orElse(Map.of());
    }

    private String reason(JsonNode state) {
        return kind.poll().reasons().stream().map(place -> state.at(place).asText("")).filter(text -> !text.isBlank())
                .findFirst().orElse("");
    }

    private void pause() throws AttemptFailedException {
        Duration left = left();
        try {
            Thread.sleep(left.compareTo(kind.poll().every()) < 0 ? left : kind.poll().every());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamInterruptedException(e);
        }
    }

    /** The time until the edit times out. */
    private Duration left() throws AttemptFailedException {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (!left.isPositive()) {
            throw failed(ErrorMessage.UPSTREAM_TIMED_OUT, AttemptOutcome.TIMED_OUT, "the edit did not end in time");
        }
        return left;
    }

    /** The next state, or the last one if this poll failed. */
    private JsonNode polled(JsonNode last) throws AttemptFailedException {
        String url = permitted(accepted.at(kind.accepted().poll()).asText(""));
        Duration left = left();
        try (HttpCalls.Reply reply = upstream.request("GET", url, left)) {
            int status = reply.head().getStatus();
            JsonNode state = upstream.read(reply.body());
            if (HttpStatus.isSuccess(status) || !state.at(kind.poll().status()).isMissingNode()) {
                failedPolls = 0;
                return state;
            }
            LOG.info("poll failed request={} status={}", edit.requestId(), status);
        } catch (IOException | AttemptFailedException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UpstreamInterruptedException(e);
            }
            LOG.info("poll failed request={}", edit.requestId(), e);
        }
        failedPolls++;
        if (failedPolls >= MAX_FAILED_POLLS) {
            throw failed(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT, AttemptOutcome.FAILED, "its state is unknown");
        }
        return last;
    }

    /** Whatever fails here, the edit has run: it is not run again, and its outcome is unknown. */
    private UpstreamResponse fetched(JsonNode state) throws AttemptFailedException {
        String place = kind.result().url();
        if (place == null) {
            return upstream.response(edit, accepted, state);
        }
        try {
            return result(place);
        } catch (AttemptFailedException e) {
            if (e.outcome() == AttemptOutcome.TIMED_OUT) {
                throw e;
            }
            throw new AttemptFailedException(
                    new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).withCause(e).afterDispatch(),
                    RetryScope.NONE, e.outcome());
        }
    }

    private UpstreamResponse result(String place) throws AttemptFailedException {
        HttpCalls.Reply reply = upstream.request("GET", permitted(accepted.at(place).asText("")), left());
        if (HttpStatus.isSuccess(reply.head().getStatus())) {
            return upstream.response(edit, accepted, reply.body());
        }
        try (reply) {
            throw upstream.failure(reply);
        } catch (IOException e) {
            throw HttpCalls.brokenOff(e);
        }
    }

    /** The URL if its host may get the key. */
    private String permitted(String url) throws AttemptFailedException {
        Optional<String> permitted = url.isEmpty() ? Optional.empty() : upstream.hosts().permitted(url);
        if (permitted.isEmpty()) {
            LOG.warn("link of an upstream not followed, its host must not get the key request={}", edit.requestId());
        }
        return permitted.orElseThrow(() -> failed(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT, AttemptOutcome.FAILED,
                "it has a link to another host"));
    }

    private static AttemptFailedException failed(ErrorMessage message, AttemptOutcome outcome, String why) {
        return new AttemptFailedException(new ApiException(message).withCause(new IOException(why)).afterDispatch(),
                RetryScope.NONE, outcome);
    }

    /** Cancels the edit as well as that is possible; its outcome stays unknown. */
    private void cancel() {
        String place = kind.accepted().cancel();
        Optional<String> url = place == null
                ? Optional.empty()
                : Optional.of(accepted.at(place).asText("")).filter(text -> !text.isEmpty())
                        .flatMap(upstream.hosts()::permitted);
        if (url.isEmpty()) {
            return;
        }
        // on a separate thread, because an interrupt ends this thread
        Thread.ofVirtual().name("upstream-cancel-", 0).start(() -> cancel(url.get()));
    }

    private void cancel(String url) {
        try (HttpCalls.Reply reply = upstream.request(kind.accepted().cancelMethod(), url, upstream.timeout())) {
            LOG.info("edit canceled at upstream request={} status={}", edit.requestId(), reply.head().getStatus());
        } catch (IOException | AttemptFailedException | RuntimeException e) {
            LOG.info("edit not canceled at upstream request={}", edit.requestId(), e);
        }
    }
}
