package dev.retouch.server.observe;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.error.ErrorRule;
import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;

/** Classifies the end of each edit and passes the events of edits to the metrics, the log and the traces. */
public final class EditEvents implements EditObserver {

    private static final Logger LOG = LoggerFactory.getLogger(EditEvents.class);

    private final Function<Throwable, Optional<ErrorRule>> rules;
    private final List<EditListener> listeners;
    /** Null if traces are off: then nothing is created for a span. */
    private final @Nullable EditTraces traces;

    /**
     * Passes events to these receivers.
     *
     * @param rules returns the rule of the error that a failure causes; empty for errors that are not the gateway's
     * @param metrics counts the events
     * @param recent counts the edits for the console
     * @param runs keeps how edits ran
     * @param tracing records spans; empty if traces are off
     */
    public EditEvents(Function<Throwable, Optional<ErrorRule>> rules, Metrics metrics, RecentEdits recent,
            RetainedRuns runs, Optional<Tracing> tracing) {
        this.rules = rules;
        this.traces = tracing.map(Tracing::edits).orElse(null);
        EditLog log = new EditLog();
        // metrics and log before the spans end, so that both can name the trace
        this.listeners = traces == null
                ? List.of(metrics.edits(), recent, runs, log)
                : List.of(new TracedMetrics(metrics.edits(), metrics.exemplars()), recent, runs, log,
                        traces);
    }

    @Override
    public void began(EditRecord edit) {
        each(listener -> listener.began(edit));
    }

    @Override
    public void entered(EditRecord edit, Phase phase) {
        each(listener -> listener.entered(edit, phase));
    }

    @Override
    public void left(EditRecord edit, Phase phase, Duration duration) {
        each(listener -> listener.left(edit, phase, duration));
    }

    @Override
    public void attempted(EditRecord edit, String upstream) {
        if (traces != null) {
            EditTraces on = traces;
            guarded(() -> on.attempted(edit, upstream));
        }
    }

    @Override
    public void answered(EditRecord edit, String outcome, boolean success) {
        if (traces != null) {
            EditTraces on = traces;
            guarded(() -> on.answered(edit, outcome, success));
        }
    }

    @Override
    public void firstByte(EditRecord edit, Duration sinceStart) {
        each(listener -> listener.firstByte(edit, sinceStart));
    }

    @Override
    public void ended(EditRecord edit) {
        EditResult result = EditResult.of(edit, rules);
        each(listener -> listener.ended(edit, result));
    }

    /** A defect of a listener must not fail an edit. */
    private void each(Consumer<EditListener> event) {
        for (EditListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("event of an edit not recorded", e);
            }
        }
    }

    private static void guarded(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.error("event of an edit not recorded", e);
        }
    }
}
