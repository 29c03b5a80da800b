package dev.retouch.server.observe;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.EditOrigin;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Charge;
import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.exchange.PlannedEdit;
import dev.retouch.server.price.ReportedUsage;

/**
 * Records the spans of edits. Attributes have names of OpenTelemetry's conventions for HTTP and generative AI; those of the gateway begin
 * with {@code retouch.}. Never records a prompt, an image, a header, a query or an API key. Constructed only if traces are on.
 */
final class EditTraces implements EditListener {

    private static final String ROUTE = "/v1/images/edits";
    private static final String OPERATION = "image_edit";
    private static final String ERROR = "error.type";
    private static final int SERVER_ERROR = 500;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private static final TextMapGetter<EditOrigin> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(EditOrigin origin) {
            return List.of("traceparent", "tracestate");
        }

        @Override
        public @Nullable String get(@Nullable EditOrigin origin, String name) {
            return origin == null ? null : origin.header(name);
        }
    };

    private final Tracer tracer;
    private volatile Map<String, URI> upstreams = Map.of();

    EditTraces(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Sets the base URLs of the upstreams by name. */
    void upstreams(Map<String, URI> urls) {
        upstreams = Map.copyOf(urls);
    }

    @Override
    public void began(EditRecord edit) {
        EditOrigin origin = edit.origin();
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), origin, GETTER);
        Optional<URI> url = origin.url();
        SpanBuilder builder = url.isPresent()
                ? tracer.spanBuilder("POST " + ROUTE).setSpanKind(SpanKind.SERVER)
                : tracer.spanBuilder("task");
        Span span = builder.setParent(parent).startSpan();
        if (span.isRecording()) {
            span.setAttribute("retouch.edit.id", edit.id());
            url.ifPresent(given -> {
                span.setAttribute("http.request.method", "POST").setAttribute("http.route", ROUTE)
                        .setAttribute("url.path", given.getPath()).setAttribute("url.scheme", given.getScheme());
                server(span, given);
            });
            origin.clientAddress().ifPresent(address -> span.setAttribute("client.address", address));
            String agent = origin.header("user-agent");
            if (agent != null) {
                span.setAttribute("user_agent.original", agent);
            }
        }
        edit.traceAs(new EditSpans(span, parent.with(span), url.isEmpty()));
    }

    @Override
    public void entered(EditRecord edit, Phase phase) {
        with(edit, spans -> spans.entered(phase, tracer.spanBuilder(phase.name().toLowerCase(Locale.ROOT))
                .setParent(spans.context()).startSpan()));
    }

    @Override
    public void left(EditRecord edit, Phase phase, Duration duration) {
        with(edit, spans -> spans.left(phase));
    }

    /** An attempt begins. */
    void attempted(EditRecord edit, String upstream) {
        with(edit, spans -> spans.attempted(attempt(edit, upstream, spans)));
    }

    private Span attempt(EditRecord edit, String upstream, EditSpans spans) {
        String model = edit.plan().map(PlannedEdit::model).orElse("");
        Span span = tracer.spanBuilder(OPERATION + " " + model).setSpanKind(SpanKind.CLIENT)
                .setParent(spans.context()).startSpan();
        if (!span.isRecording()) {
            return span;
        }
        span.setAttribute("gen_ai.operation.name", OPERATION).setAttribute("gen_ai.output.type", "image")
                .setAttribute("gen_ai.request.model", model).setAttribute("retouch.upstream", upstream)
                .setAttribute("retouch.attempt", edit.attempts());
        edit.plan().ifPresent(plan -> {
            span.setAttribute("gen_ai.request.stream", plan.streamed());
            if (plan.imagesOut() != 1) {
                span.setAttribute("gen_ai.request.choice.count", plan.imagesOut());
            }
        });
        URI url = upstreams.get(upstream);
        span.setAttribute("gen_ai.provider.name", url == null ? upstream : ProviderNames.of(url, upstream));
        if (url != null) {
            server(span, url);
        }
        return span;
    }

    /** An attempt ended. */
    void answered(EditRecord edit, String outcome, boolean success) {
        with(edit, spans -> {
            spans.attempt().filter(Span::isRecording).ifPresent(span -> {
                span.setAttribute("retouch.outcome", outcome);
                if (!success) {
                    span.setAttribute(ERROR, outcome).setStatus(StatusCode.ERROR);
                }
            });
            spans.ended(success);
        });
    }

    @Override
    public void ended(EditRecord edit, EditResult result) {
        with(edit, spans -> {
            Span span = spans.request();
            if (span.isRecording()) {
                if (!spans.ofTask()) {
                    span.setAttribute("http.response.status_code", result.status());
                }
                describe(span, edit, result);
                if (edit.charge() == Charge.SETTLED && !edit.usage().isAbsurd()) {
                    usage(span, edit.usage());
                    spans.answered().ifPresent(attempt -> usage(attempt, edit.usage()));
                }
            }
            spans.end();
        });
    }

    private static void describe(Span span, EditRecord edit, EditResult result) {
        span.setAttribute("retouch.outcome", result.outcome().word()).setAttribute("retouch.replayed", edit.isReplay())
                .setAttribute("retouch.attempts", edit.attempts());
        if (!EditResult.NO_CODE.equals(result.code())) {
            span.setAttribute(ERROR, result.code());
        }
        if (result.status() >= SERVER_ERROR) {
            span.setStatus(StatusCode.ERROR);
        }
        edit.keyId().ifPresent(key -> span.setAttribute("retouch.key.id", key));
        edit.group().ifPresent(group -> span.setAttribute("retouch.group", group));
        edit.plan().ifPresent(plan -> span.setAttribute("gen_ai.request.model", plan.model())
                .setAttribute("retouch.size", plan.size()).setAttribute("retouch.quality", plan.quality())
                .setAttribute("retouch.images.in", plan.imagesIn()).setAttribute("retouch.images.out", plan.imagesOut())
                .setAttribute("retouch.mask", plan.mask()).setAttribute("gen_ai.request.stream", plan.streamed()));
        if (edit.charge() != Charge.NONE) {
            span.setAttribute("retouch.charge", edit.charge().name().toLowerCase(Locale.ROOT))
                    .setAttribute("retouch.held", edit.held().toPlainString())
                    .setAttribute("retouch.cost", edit.cost().toPlainString());
            edit.plan().ifPresent(plan -> span.setAttribute("retouch.currency", plan.currency()));
        }
    }

    private static void usage(Span span, ReportedUsage usage) {
        if (usage.input() + usage.output() > 0) {
            span.setAttribute("gen_ai.usage.input_tokens", usage.input()).setAttribute("gen_ai.usage.output_tokens",
                    usage.output());
        }
    }

    private static void server(Span span, URI url) {
        if (url.getHost() == null) {
            return;
        }
        int usual = "https".equals(url.getScheme()) ? HTTPS_PORT : HTTP_PORT;
        span.setAttribute("server.address", url.getHost()).setAttribute("server.port",
                url.getPort() < 0 ? usual : url.getPort());
    }

    private static void with(EditRecord edit, Consumer<EditSpans> work) {
        if (edit.trace() instanceof EditSpans spans) {
            work.accept(spans);
        }
    }
}
