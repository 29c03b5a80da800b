package dev.retouch.server.exchange;

import java.time.Duration;

import dev.retouch.server.exchange.EditRecord.Phase;

/** Receives the events of edits, for metrics, the log and traces. Called by many threads; must neither wait nor throw. */
public interface EditObserver {

    /** Ignores all events. */
    EditObserver NONE = new EditObserver() {
        @Override
        public void began(EditRecord edit) {
            // ignored
        }

        @Override
        public void entered(EditRecord edit, Phase phase) {
            // ignored
        }

        @Override
        public void left(EditRecord edit, Phase phase, Duration duration) {
            // ignored
        }

        @Override
        public void attempted(EditRecord edit, String upstream) {
            // ignored
        }

        @Override
        public void answered(EditRecord edit, String outcome, boolean success) {
            // ignored
        }

        @Override
        public void firstByte(EditRecord edit, Duration sinceStart) {
            // ignored
        }

        @Override
        public void ended(EditRecord edit) {
            // ignored
        }
    };

    /** A request for an edit arrived, or a task began to run. */
    void began(EditRecord edit);

    /** The edit entered a phase. */
    void entered(EditRecord edit, Phase phase);

    /** The edit left a phase, whether or not the phase succeeded. */
    void left(EditRecord edit, Phase phase, Duration duration);

    /** An attempt at an upstream begins; the attempts of an edit follow one another. */
    void attempted(EditRecord edit, String upstream);

    /**
     * An attempt ended: it failed, or its response was read.
     *
     * @param outcome the outcome of the attempt, as the contract names it
     * @param success whether the upstream sent an edit
     */
    void answered(EditRecord edit, String outcome, boolean success);

    /** The first byte of the response was written. */
    void firstByte(EditRecord edit, Duration sinceStart);

    /** The edit ended and released its resources. The record does not change any more. */
    void ended(EditRecord edit);
}
