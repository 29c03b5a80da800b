package dev.retouch.server.observe;

import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.EditTrace;

/** Names the trace of the edit that a thread is measuring, so that the buckets of histograms refer to it. */
final class Exemplars implements SpanContext {

    private final ScopedValue<EditTrace> measured = ScopedValue.newInstance();

    /** Runs a measurement of an edit. */
    void during(EditTrace trace, Runnable measurement) {
        ScopedValue.where(measured, trace).run(measurement);
    }

    @Override
    public @Nullable String getCurrentTraceId() {
        return measured.orElse(EditTrace.NONE) instanceof EditSpans spans
                ? spans.request().getSpanContext().getTraceId()
                : null;
    }

    @Override
    public @Nullable String getCurrentSpanId() {
        return measured.orElse(EditTrace.NONE) instanceof EditSpans spans
                ? spans.request().getSpanContext().getSpanId()
                : null;
    }

    @Override
    public boolean isCurrentSpanSampled() {
        return measured.orElse(EditTrace.NONE) instanceof EditSpans spans
                && spans.request().getSpanContext().isSampled();
    }

    @Override
    public void markCurrentSpanAsExemplar() {
        // every span of a sampled trace is kept
    }
}
