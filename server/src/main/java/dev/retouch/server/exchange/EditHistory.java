package dev.retouch.server.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The attempts of an edit at upstreams, and what its client is warned of. Contains names, statuses and ids; never a prompt, an image or an
 * API key. Keeps the last {@value #MAX_ATTEMPTS} attempts. Thread-safe.
 */
public final class EditHistory {

    private static final int MAX_ATTEMPTS = 8;

    private final List<Attempt> attempts = new ArrayList<>();
    private @Nullable String warning;
    private @Nullable String dropped;

    /**
     * An attempt at an upstream.
     *
     * @param model the id of the model that was requested
     * @param start the time from the start of the edit
     * @param duration the time until the response was read; null before
     * @param outcome the outcome, as the contract names it; null before the end of the attempt
     * @param status the HTTP status of an error response; null without one
     * @param upstreamId the upstream's id of the attempt; null if it sent none
     * @param repetition why another attempt followed or not, as the contract names it; null if that was not decided
     */
    public record Attempt(String upstream, String model, Duration start, @Nullable Duration duration,
            @Nullable String outcome, @Nullable Integer status, @Nullable String upstreamId,
            @Nullable String repetition) {}

    /** An attempt begins; it follows the end of the one before. */
    synchronized void began(String upstream, String model, Duration sinceStart) {
        if (attempts.size() == MAX_ATTEMPTS) {
            attempts.removeFirst();
        }
        attempts.add(new Attempt(upstream, model, sinceStart, null, null, null, null, null));
    }

    /** The head of a response to the last attempt arrived. */
    public synchronized void responded(@Nullable Integer errorStatus, @Nullable String upstreamId) {
        if (!attempts.isEmpty()) {
            Attempt last = attempts.removeLast();
            attempts.add(new Attempt(last.upstream(), last.model(), last.start(), last.duration(), last.outcome(),
                    errorStatus, upstreamId, last.repetition()));
        }
    }

    /** The last attempt ended. */
    synchronized void ended(String outcome, Duration duration) {
        if (!attempts.isEmpty()) {
            Attempt last = attempts.removeLast();
            attempts.add(new Attempt(last.upstream(), last.model(), last.start(), duration, outcome, last.status(),
                    last.upstreamId(), last.repetition()));
        }
    }

    /** It was decided whether an attempt follows the last one. */
    public synchronized void decided(String repetition) {
        if (!attempts.isEmpty()) {
            Attempt last = attempts.removeLast();
            attempts.add(new Attempt(last.upstream(), last.model(), last.start(), last.duration(), last.outcome(),
                    last.status(), last.upstreamId(), repetition));
        }
    }

    /** Notes the warning of the response, if there is one. The last warning counts. */
    public synchronized void warned(@Nullable String header) {
        warning = header == null ? warning : header;
    }

    /** Notes the parameters that the response names as dropped, if there are some. */
    public synchronized void dropped(@Nullable String header) {
        dropped = header == null ? dropped : header;
    }

    /** The attempts in their order. */
    public synchronized List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /** The warning of the response. */
    public synchronized Optional<String> warning() {
        return Optional.ofNullable(warning);
    }

    /** The names of the parameters that were dropped. */
    public synchronized Optional<String> dropped() {
        return Optional.ofNullable(dropped);
    }
}
