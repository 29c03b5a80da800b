package dev.retouch.server.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The edits of an instance at one moment.
 *
 * @param since the start of the instance, from which it counts
 * @param running edits that have not ended, those that wait included
 * @param waiting edits that wait for a slot
 * @param durations how long recent edits took; empty if none was dispatched and ended recently
 * @param hours the last hours, the current hour last
 */
public record EditFigures(Instant since, int running, int waiting, Optional<Durations> durations, List<Hour> hours) {

    /** Copies the list. */
    public EditFigures {
        hours = List.copyOf(hours);
    }

    /**
     * How long recent edits took.
     *
     * @param median half of them took at most so long
     * @param p95 95 of 100 took at most so long
     */
    public record Durations(Duration median, Duration p95) {}

    /**
     * The edits that ended within an hour.
     *
     * @param start the start of the hour
     * @param outcomes the number of edits by outcome, as the metric of edits names them; outcomes without edits are absent
     */
    public record Hour(Instant start, Map<String, Long> outcomes) {

        /** Copies the map. */
        public Hour {
            outcomes = Map.copyOf(outcomes);
        }

        /** The number of edits with an outcome. */
        public long count(String outcome) {
            return outcomes.getOrDefault(outcome, 0L);
        }
    }
}
