package dev.retouch.server.upstream;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the calls of an observer. */
final class RecordingObserver implements UpstreamObserver {

    private final List<String> told = new CopyOnWriteArrayList<>();

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

    List<String> calls() {
        return told;
    }
}
