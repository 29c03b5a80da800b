package dev.retouch.server.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the calls of an observer. */
final class RecordingObserver implements UpstreamObserver {

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> responses = new CopyOnWriteArrayList<>();
    private final List<Repetition> repetitions = new CopyOnWriteArrayList<>();

    @Override
    public void began(String upstream) {
        told.add("began " + upstream);
    }

    @Override
    public void ended(String upstream, AttemptOutcome outcome, Duration duration) {
        told.add(outcome + " " + upstream);
    }

    @Override
    public void retried(String upstream) {
        told.add("retried " + upstream);
    }

    @Override
    public void failedOver(String upstream) {
        told.add("failed over to " + upstream);
    }

    @Override
    public void responded(String upstream, OptionalInt errorStatus, Optional<String> requestId) {
        responses.add(upstream + " " + (errorStatus.isPresent() ? errorStatus.getAsInt() : "-") + " "
                + requestId.orElse("-"));
    }

    @Override
    public void decided(String upstream, Repetition repetition) {
        repetitions.add(repetition);
    }

    /** Upstream, error status and request id of each response. */
    List<String> responses() {
        return responses;
    }

    List<Repetition> repetitions() {
        return repetitions;
    }

    List<String> calls() {
        return told;
    }
}
