package dev.retouch.server.observe;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Charge;
import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.exchange.PlannedEdit;
import dev.retouch.server.log.LogFields;
import dev.retouch.server.price.ReportedUsage;

/** Logs a line for each edit with everything that is known of it. Never logs a key, a prompt, an image or a URL. */
final class EditLog implements EditListener {

    private static final Logger LOG = LoggerFactory.getLogger("dev.retouch.edit");

    @Override
    public void ended(EditRecord edit, EditResult result) {
        if (!LOG.isInfoEnabled() || (edit.isSubmission() && edit.failure().isEmpty())) {
            return;
        }
        LogFields fields = new LogFields().add("outcome", result.outcome().word()).add("code", result.code())
                .add("status", result.status()).add("key", edit.keyId().orElse(null))
                .add("group", edit.group().orElse(null));
        edit.plan().ifPresent(plan -> add(plan, fields));
        fields.add("task", edit.isTask() ? true : null);
        if (edit.attempts() > 0) {
            fields.add("upstream", String.join(",", edit.upstreams())).add("attempts", edit.attempts())
                    .add("retries", edit.retries()).add("failovers", edit.failovers());
        }
        times(edit, fields);
        if (edit.charge() != Charge.NONE) {
            fields.add("charge", edit.charge().name().toLowerCase(Locale.ROOT)).add("held", edit.held().toPlainString())
                    .add("cost", edit.cost().toPlainString());
        }
        if (edit.charge() == Charge.SETTLED) {
            usage(edit, fields);
        }
        fields.add("trace-id", edit.trace().traceId().orElse(null)).add("span-id", edit.trace().spanId().orElse(null));
        LOG.info("edit ended {}", fields.add("request", edit.id()));
    }

    private static void add(PlannedEdit plan, LogFields fields) {
        fields.add("model", plan.model()).add("size", plan.size()).add("quality", plan.quality())
                .add("images-in", plan.imagesIn()).add("images-requested", plan.imagesOut()).add("mask", plan.mask())
                .add("streamed", plan.streamed());
    }

    private static void times(EditRecord edit, LogFields fields) {
        fields.add("ms", edit.total().toMillis());
        if (edit.attempts() > 0) {
            fields.add("upstream-ms", edit.upstreamTime().toMillis());
        }
        Map<Phase, Duration> phases = edit.durations();
        for (Phase phase : Phase.values()) {
            Duration duration = phases.get(phase);
            fields.add(phase.name().toLowerCase(Locale.ROOT) + "-ms", duration == null ? null : duration.toMillis());
        }
        fields.add("first-byte-ms", edit.timeToFirstByte().map(Duration::toMillis).orElse(null));
    }

    private static void usage(EditRecord edit, LogFields fields) {
        fields.add("currency", edit.plan().map(PlannedEdit::currency).orElse(null)).add("images",
                edit.imagesDelivered());
        ReportedUsage usage = edit.usage();
        if (!usage.isAbsurd() && usage.input() + usage.output() > 0) {
            fields.add("text-input-tokens", usage.textInput()).add("cached-text-input-tokens", usage.cachedTextInput())
                    .add("image-input-tokens", usage.imageInput())
                    .add("cached-image-input-tokens", usage.cachedImageInput())
                    .add("text-output-tokens", usage.textOutput()).add("image-output-tokens", usage.imageOutput());
        }
    }
}
