package dev.retouch.server.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The edits of an instance at one moment.
 *
 * @param since the start of the instance, from which it counts
 * @param running edits that have not ended, those that wait included
 * @param waiting edits that wait for a slot
 * @param durations how long recent edits took; empty if none was dispatched and ended recently
 */
public record EditFigures(Instant since, int running, int waiting, Optional<Durations> durations) {

    /**
     * How long recent edits took.
     *
     * @param median half of them took at most so long
     * @param p95 95 of 100 took at most so long
     */
    public record Durations(Duration median, Duration p95) {}
}
