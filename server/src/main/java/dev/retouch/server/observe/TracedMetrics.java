package dev.retouch.server.observe;

import java.time.Duration;

import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;

/** Passes the events of edits to their metrics, whose histograms refer to the trace of the edit meanwhile. */
record TracedMetrics(EditListener metrics, Exemplars exemplars) implements EditListener {

    @Override
    public void began(EditRecord edit) {
        metrics.began(edit);
    }

    @Override
    public void entered(EditRecord edit, Phase phase) {
        metrics.entered(edit, phase);
    }

    @Override
    public void left(EditRecord edit, Phase phase, Duration duration) {
        exemplars.during(edit.trace(), () -> metrics.left(edit, phase, duration));
    }

    @Override
    public void firstByte(EditRecord edit, Duration sinceStart) {
        exemplars.during(edit.trace(), () -> metrics.firstByte(edit, sinceStart));
    }

    @Override
    public void ended(EditRecord edit, EditResult result) {
        exemplars.during(edit.trace(), () -> metrics.ended(edit, result));
    }
}
