package dev.retouch.server.exchange;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.price.ReportedUsage;
import dev.retouch.server.retention.RetentionPolicy;

/**
 * The facts about one edit, collected while it runs. Contains names, sizes, durations and amounts; never a prompt, an image, a URL or an
 * API key. Reports its events to an {@link EditObserver}. The exchange closes it last, which ends it. Thread-safe; changes after its end
 * have no effect.
 */
public final class EditRecord implements AutoCloseable {

    /** A part of an edit whose duration is measured. */
    public enum Phase {
        /** Remote images are downloaded, and all images are validated. */
        FETCH,
        /** The prompt and the images are moderated. */
        MODERATION,
        /** The edit waits for a slot. */
        QUEUE,
        /** The maximum cost is held in the database. */
        HOLD,
        /** The end of the edit is written to the database. */
        SETTLE
    }

    /** What is known of the money of an edit. */
    public enum Charge {
        /** Nothing was held. */
        NONE,
        /** The maximum cost is held. */
        HELD,
        /** The edit was charged. */
        SETTLED,
        /** The hold was given back. */
        RELEASED,
        /** The outcome is unknown, and the hold stays. */
        UNDECIDED
    }

    private final String id;
    private final long startNanos;
    private final EditObserver observer;
    private EditOrigin origin;
    private volatile EditTrace trace;
    private final Map<Phase, Duration> durations = new EnumMap<>(Phase.class);
    private final Set<String> upstreams = new LinkedHashSet<>();
    private final EditHistory history = new EditHistory();
    private @Nullable String keyId;
    private @Nullable String group;
    private RetentionPolicy retention = RetentionPolicy.NONE;
    private @Nullable PlannedEdit plan;
    private int attempts;
    private int retries;
    private int failovers;
    private Duration upstreamTime = Duration.ZERO;
    private Charge charge = Charge.NONE;
    private BigDecimal held = BigDecimal.ZERO;
    private BigDecimal cost = BigDecimal.ZERO;
    private int imagesDelivered;
    private ReportedUsage usage = ReportedUsage.NONE;
    private @Nullable Throwable failure;
    private @Nullable Duration firstByte;
    private Duration total = Duration.ZERO;
    private boolean replayed;
    private boolean task;
    private boolean submitted;
    private boolean ended;

    /** Begins the record of an edit that no request started. */
    public EditRecord(String id, long startNanos, EditObserver observer) {
        this(id, startNanos, observer, EditOrigin.NONE);
    }

    /**
     * Begins a record.
     *
     * @param id the edit id
     * @param startNanos the start time on the clock of {@link System#nanoTime()}
     * @param origin the request that started the edit
     */
    public EditRecord(String id, long startNanos, EditObserver observer, EditOrigin origin) {
        this.id = id;
        this.startNanos = startNanos;
        this.observer = observer;
        this.origin = origin;
        this.trace = ClientTrace.of(origin);
        observer.began(this);
        this.origin = EditOrigin.NONE; // the record may outlive the request
    }

    /** The request that started the edit; {@link EditOrigin#NONE} after the record has begun. */
    public EditOrigin origin() {
        return origin;
    }

    /** The trace that the edit belongs to. */
    public EditTrace trace() {
        return trace;
    }

    /** Replaces the trace of the client, while the record begins. */
    public void traceAs(EditTrace recorded) {
        trace = recorded;
    }

    /** Marks the edit as run by a task. */
    public synchronized void ofTask() {
        task = true;
    }

    /** Notes that the request submitted a task, which has another record. */
    public synchronized void submitted() {
        submitted = true;
    }

    /** Notes the API key and its group. */
    public synchronized void authenticated(String key, String groupOfKey) {
        keyId = key;
        group = groupOfKey;
    }

    /** Notes what the group keeps of the edit. */
    public synchronized void retained(RetentionPolicy policy) {
        retention = policy;
    }

    /** Notes what was requested. */
    public synchronized void planned(PlannedEdit wanted) {
        plan = wanted;
    }

    /** Runs a phase and notes its duration. */
    public <T extends @Nullable Object> T timed(Phase phase, Supplier<T> work) {
        long begin = System.nanoTime();
        observer.entered(this, phase);
        try {
            return work.get();
        } finally {
            Duration duration = Duration.ofNanos(System.nanoTime() - begin);
            synchronized (this) {
                durations.merge(phase, duration, Duration::plus);
            }
            observer.left(this, phase, duration);
        }
    }

    /** Notes an attempt at an upstream. */
    public void attempted(String upstream) {
        synchronized (this) {
            attempts++;
            upstreams.remove(upstream);
            upstreams.add(upstream);
            history.began(upstream, plan == null ? "" : plan.model(),
                    Duration.ofNanos(System.nanoTime() - startNanos));
        }
        observer.attempted(this, upstream);
    }

    /**
     * Notes the end of an attempt.
     *
     * @param outcome the outcome of the attempt, as the contract names it
     * @param success whether the upstream sent an edit
     * @param duration the time until its response was read
     */
    public void answered(String outcome, boolean success, Duration duration) {
        synchronized (this) {
            upstreamTime = upstreamTime.plus(duration);
            history.ended(outcome, duration);
        }
        observer.answered(this, outcome, success);
    }

    /** Notes a retry at the same upstream. */
    public synchronized void retried() {
        retries++;
    }

    /** Notes a failover to another upstream. */
    public synchronized void failedOver() {
        failovers++;
    }

    /** Notes the hold. */
    public synchronized void held(BigDecimal amount) {
        charge = Charge.HELD;
        held = amount;
    }

    /** Notes the charge for delivered images. */
    public synchronized void settled(int images, ReportedUsage reported, BigDecimal amount) {
        charge = Charge.SETTLED;
        imagesDelivered = images;
        usage = reported;
        cost = amount;
    }

    /** Notes that the hold was given back, or that it stays because the outcome is unknown. */
    public synchronized void unsettled(boolean undecided) {
        charge = undecided ? Charge.UNDECIDED : Charge.RELEASED;
    }

    /** Notes why the edit failed. The last failure counts. */
    public synchronized void failed(Throwable cause) {
        if (!ended) {
            failure = cause;
        }
    }

    /** Notes that a stored response is returned. */
    public synchronized void replayed() {
        replayed = true;
    }

    /** Notes that the first byte of the response was written. Later calls have no effect. */
    public void firstByte() {
        Duration sinceStart = Duration.ofNanos(System.nanoTime() - startNanos);
        synchronized (this) {
            if (firstByte != null) {
                return;
            }
            firstByte = sinceStart;
        }
        observer.firstByte(this, sinceStart);
    }

    /** Ends the record. */
    @Override
    public void close() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            total = Duration.ofNanos(System.nanoTime() - startNanos);
        }
        observer.ended(this);
    }

    public String id() {
        return id;
    }

    /** The start time on the clock of {@link System#nanoTime()}. */
    public long startNanos() {
        return startNanos;
    }

    /** The key id; empty if the request was not authenticated. */
    public synchronized Optional<String> keyId() {
        return Optional.ofNullable(keyId);
    }

    /** The group; empty if the request was not authenticated. */
    public synchronized Optional<String> group() {
        return Optional.ofNullable(group);
    }

    /** What the group keeps of the edit. */
    public synchronized RetentionPolicy retention() {
        return retention;
    }

    /** What was requested; empty if the request was rejected before. */
    public synchronized Optional<PlannedEdit> plan() {
        return Optional.ofNullable(plan);
    }

    /** The durations of the phases that the edit entered. */
    public synchronized Map<Phase, Duration> durations() {
        return Map.copyOf(durations);
    }

    /** The upstreams in the order of their last attempt. */
    public synchronized List<String> upstreams() {
        return List.copyOf(upstreams);
    }

    /** The attempts, and what the client is warned of. */
    public EditHistory history() {
        return history;
    }

    public synchronized int attempts() {
        return attempts;
    }

    public synchronized int retries() {
        return retries;
    }

    public synchronized int failovers() {
        return failovers;
    }

    /** The sum of the durations of all attempts. */
    public synchronized Duration upstreamTime() {
        return upstreamTime;
    }

    public synchronized Charge charge() {
        return charge;
    }

    /** The amount of the hold. */
    public synchronized BigDecimal held() {
        return held;
    }

    /** The cost; zero unless the edit was settled. */
    public synchronized BigDecimal cost() {
        return cost;
    }

    public synchronized int imagesDelivered() {
        return imagesDelivered;
    }

    /** The usage that was charged. */
    public synchronized ReportedUsage usage() {
        return usage;
    }

    /** Why the edit failed; empty if it succeeded. */
    public synchronized Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** The time from the start to the first byte of the response; empty if none was written. */
    public synchronized Optional<Duration> timeToFirstByte() {
        return Optional.ofNullable(firstByte);
    }

    /** The time from the start to the end; zero before the end. */
    public synchronized Duration total() {
        return total;
    }

    /** Whether a stored response was returned. */
    public synchronized boolean isReplay() {
        return replayed;
    }

    /** Whether the request submitted a task, so that it is not an edit itself. */
    public synchronized boolean isSubmission() {
        return submitted;
    }

    /** Whether a task ran the edit. */
    public synchronized boolean isTask() {
        return task;
    }
}
