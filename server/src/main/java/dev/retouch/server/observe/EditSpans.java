package dev.retouch.server.observe;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.trace.ReadableSpan;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.exchange.EditTrace;

/**
 * The spans of one edit: that of the request, and below it those of phases and attempts. The span of a successful attempt ends with the
 * edit, because its usage is known then, and has the time at which its response was read. Thread-safe.
 */
final class EditSpans implements EditTrace {

    private static final TextMapSetter<Map<String, String>> SETTER = (headers, name, value) -> {
        if (headers != null) {
            headers.put(name, value);
        }
    };

    private final Span request;
    private final Context context;
    private final boolean task;
    private final Map<Phase, Span> phases = new EnumMap<>(Phase.class);
    private @Nullable Span attempt;
    private @Nullable Span answered;
    private long answeredAt;

    /**
     * Creates the spans of an edit.
     *
     * @param request started span of the request
     * @param context context with that span
     * @param task whether a task runs the edit, so that there is no request
     */
    EditSpans(Span request, Context context, boolean task) {
        this.request = request;
        this.context = context;
        this.task = task;
    }

    boolean ofTask() {
        return task;
    }

    Span request() {
        return request;
    }

    /** The context of spans below that of the request. */
    Context context() {
        return context;
    }

    synchronized void entered(Phase phase, Span span) {
        phases.put(phase, span);
    }

    synchronized void left(Phase phase) {
        Span span = phases.remove(phase);
        if (span != null) {
            span.end();
        }
    }

    synchronized void attempted(Span span) {
        attempt = span;
    }

    /** Returns the span of the current attempt; empty if none runs. */
    synchronized Optional<Span> attempt() {
        return Optional.ofNullable(attempt);
    }

    /** Ends the current attempt. The span of a successful one stays open for its usage. */
    synchronized void ended(boolean success) {
        Span ended = attempt;
        attempt = null;
        if (ended == null) {
            return;
        }
        if (success && ended instanceof ReadableSpan readable) {
            answered = ended;
            answeredAt = readable.toSpanData().getStartEpochNanos() + readable.getLatencyNanos();
        } else {
            ended.end();
        }
    }

    /** Returns the span of the successful attempt; empty if there was none, or if it is not recorded. */
    synchronized Optional<Span> answered() {
        return Optional.ofNullable(answered);
    }

    /** Ends all spans. */
    synchronized void end() {
        if (answered != null) {
            answered.end(answeredAt, TimeUnit.NANOSECONDS);
            answered = null;
        }
        ended(false);
        phases.values().forEach(Span::end);
        phases.clear();
        request.end();
    }

    @Override
    public Optional<String> traceId() {
        return Optional.of(request.getSpanContext().getTraceId());
    }

    @Override
    public Optional<String> spanId() {
        return Optional.of(request.getSpanContext().getSpanId());
    }

    @Override
    public synchronized Map<String, String> upstreamHeaders() {
        Map<String, String> headers = HashMap.newHashMap(2);
        W3CTraceContextPropagator.getInstance().inject(context.with(attempt == null ? request : attempt), headers,
                SETTER);
        return headers;
    }
}
