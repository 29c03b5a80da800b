package dev.retouch.server.observe;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Charge;
import dev.retouch.server.exchange.EditRecord.Phase;

/** Keeps how edits ran, of groups that say so: the facts of the line of the log, as {@code EditRun} of the contract. */
public final class RetainedRuns implements EditListener {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final InstantSource clock;
    private volatile @Nullable Receiver receiver;

    /** Keeps nothing until there is a receiver. */
    public RetainedRuns(InstantSource clock) {
        this.clock = clock;
    }

    /** Receives how an edit ran. Must neither wait nor throw. */
    @FunctionalInterface
    public interface Receiver {

        /**
         * Keeps how an edit ran.
         *
         * @param began when the edit began
         * @param json the document of the contract
         */
        void ended(String editId, String group, Instant began, String json);
    }

    /** Sends the edits that end from now on to this receiver. */
    public void sendTo(Receiver next) {
        receiver = next;
    }

    @Override
    public void ended(EditRecord edit, EditResult result) {
        Receiver known = receiver;
        if (known != null && edit.retention().keepsRuns() && edit.charge() != Charge.NONE) {
            edit.group().ifPresent(group -> known.ended(edit.id(), group, clock.instant().minus(edit.total()),
                    run(edit, result).toString()));
        }
    }

    private static ObjectNode run(EditRecord edit, EditResult result) {
        ObjectNode run = MAPPER.createObjectNode().put("outcome", result.outcome().word()).put("status",
                result.status());
        if (!result.code().equals(EditResult.NO_CODE)) {
            run.put("code", result.code());
        }
        edit.plan().ifPresent(plan -> run.put("size", plan.size()).put("quality", plan.quality())
                .put("images_in", plan.imagesIn()).put("mask", plan.mask()).put("streamed", plan.streamed()));
        run.put("task", edit.isTask());
        edit.upstreams().forEach(run.putArray("upstreams")::add);
        run.put("attempts", edit.attempts()).put("retries", edit.retries()).put("failovers", edit.failovers())
                .put("total_ms", edit.total().toMillis()).put("upstream_ms", edit.upstreamTime().toMillis());
        Map<Phase, Duration> phases = edit.durations();
        add(run, "queue_ms", phases.get(Phase.QUEUE));
        add(run, "moderation_ms", phases.get(Phase.MODERATION));
        add(run, "first_byte_ms", edit.timeToFirstByte().orElse(null));
        return run;
    }

    private static void add(ObjectNode run, String name, @Nullable Duration duration) {
        if (duration != null) {
            run.put(name, duration.toMillis());
        }
    }
}
