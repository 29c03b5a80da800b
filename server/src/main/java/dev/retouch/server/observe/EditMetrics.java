package dev.retouch.server.observe;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.exchange.PlannedEdit;
import dev.retouch.server.observe.EditResult.Outcome;
import dev.retouch.server.price.ReportedUsage;

/** Counts edits, and measures their phases, images, tokens and cost. Replays count as replays only. */
final class EditMetrics implements EditListener {

    private static final String MODEL = "model";
    private static final String GROUP = "group";
    private static final String PHASE = "phase";
    /** The value of labels that are not known, because the edit was refused early. */
    private static final String NONE = "none";

    private final MeterRegistry registry;
    private final Meters meters;
    private final BoundedLabel groups;
    private final BoundedLabel models = new BoundedLabel(100);
    private final BoundedLabel qualities = new BoundedLabel(20);
    private final AtomicInteger active = new AtomicInteger();
    private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();

    EditMetrics(MeterRegistry registry, BoundedLabel groups) {
        this.registry = registry;
        this.meters = new Meters(registry);
        this.groups = groups;
        Gauge.builder("retouch.edits.active", active, AtomicInteger::get)
                .description("Edits of this instance that have not ended, those that wait included").register(registry);
        replays();
    }

    @Override
    public void began(EditRecord edit) {
        active.incrementAndGet();
    }

    @Override
    public void entered(EditRecord edit, Phase phase) {
        if (phase == Phase.QUEUE) {
            waiting(group(edit)).incrementAndGet();
        }
    }

    @Override
    public void left(EditRecord edit, Phase phase, Duration duration) {
        meters.timer("retouch.edit.duration", "Durations of edits by phase", Buckets::all, MODEL, model(edit), PHASE,
                phase.name().toLowerCase(Locale.ROOT)).record(duration);
        if (phase == Phase.QUEUE) {
            waiting(group(edit)).decrementAndGet();
            meters.timer("retouch.queue.wait", "Waits for a slot", Buckets::phases, GROUP, group(edit))
                    .record(duration);
        }
    }

    @Override
    public void firstByte(EditRecord edit, Duration sinceStart) {
        if (edit.plan().isPresent()) {
            meters.timer("retouch.first.byte", "Time until the first byte of the response", Buckets::edits, MODEL,
                    model(edit), "streamed", edit.plan().map(PlannedEdit::streamed).orElse(false).toString())
                    .record(sinceStart);
        }
    }

    @Override
    public void ended(EditRecord edit, EditResult result) {
        active.decrementAndGet();
        if (edit.isSubmission() && edit.failure().isEmpty()) {
            return;
        }
        if (result.outcome() == Outcome.REPLAYED) {
            replays().increment();
        }
        meters.counter("retouch.edits", "Edits that have ended", GROUP, group(edit), MODEL, model(edit), "outcome",
                result.outcome().word(), "code", result.code()).increment();
        if (result.outcome() == Outcome.REJECTED) {
            meters.counter("retouch.rejections", "Edits that the gateway refused before their dispatch", "reason",
                    result.code()).increment();
        }
        if (edit.attempts() > 0) {
            times(edit);
        }
        if (edit.charge() == EditRecord.Charge.SETTLED) {
            edit.plan().ifPresent(plan -> settled(edit, plan));
        }
    }

    private void times(EditRecord edit) {
        String model = model(edit);
        meters.timer("retouch.edit.duration", "Durations of edits by phase", Buckets::all, MODEL, model, PHASE,
                "upstream").record(edit.upstreamTime());
        meters.timer("retouch.edit.duration", "Durations of edits by phase", Buckets::all, MODEL, model, PHASE, "total")
                .record(edit.total());
        Duration overhead = edit.total().minus(edit.upstreamTime());
        meters.timer("retouch.overhead", "Durations of edits less the time of their upstreams", Buckets::phases, MODEL,
                model).record(overhead.isNegative() ? Duration.ZERO : overhead);
    }

    private void settled(EditRecord edit, PlannedEdit plan) {
        String model = model(edit);
        meters.counter("retouch.images", "Images that were delivered and charged", MODEL, model, "size_class",
                SizeClass.of(plan.size()), "quality", qualities.of(plan.quality())).increment(edit.imagesDelivered());
        meters.counter("retouch.cost", "Cost of settled edits", GROUP, group(edit), MODEL, model, "currency",
                plan.currency()).increment(amount(edit.cost()));
        ReportedUsage usage = edit.usage();
        if (!usage.isAbsurd()) {
            tokens(model, "text_input", usage.textInput());
            tokens(model, "cached_text_input", usage.cachedTextInput());
            tokens(model, "image_input", usage.imageInput());
            tokens(model, "cached_image_input", usage.cachedImageInput());
            tokens(model, "text_output", usage.textOutput());
            tokens(model, "image_output", usage.imageOutput());
        }
    }

    private void tokens(String model, String type, long count) {
        meters.counter("retouch.tokens", "Tokens that upstreams reported; cached tokens are part of input", MODEL,
                model,
                "type", type).increment((double) count);
    }

    private Counter replays() {
        return meters.counter("retouch.idempotent.replays",
                "Stored responses that were returned for an idempotency key");
    }

    private AtomicInteger waiting(String group) {
        return waiting.computeIfAbsent(group, name -> {
            AtomicInteger count = new AtomicInteger();
            Gauge.builder("retouch.queue.length", count, AtomicInteger::get)
                    .description("Edits of this instance that wait for a slot").tag(GROUP, name).register(registry);
            return count;
        });
    }

    private String group(EditRecord edit) {
        return edit.group().map(groups::of).orElse(NONE);
    }

    private String model(EditRecord edit) {
        return edit.plan().map(plan -> models.of(plan.model())).orElse(NONE);
    }

    private static double amount(BigDecimal money) {
        return money.doubleValue();
    }
}
