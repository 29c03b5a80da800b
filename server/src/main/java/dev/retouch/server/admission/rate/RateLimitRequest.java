package dev.retouch.server.admission.rate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.EstimationProbe;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.RateLimitExceededException;

/**
 * Takes the tokens of a request from the buckets of its scopes. Checks all buckets before it takes from any, so the
 * caller must keep other requests away from them meanwhile.
 */
record RateLimitRequest(List<RateLimitScope> scopes, int images) {

    static final Duration PERIOD = Duration.ofMinutes(1);

    /** Access to buckets. */
    interface Buckets {
        /** Returns the bucket of a limit, resized to the current limit. */
        Bucket bucket(String id, int perMinute);
    }

    /**
     * Tokens to take for a limit.
     *
     * @param scope the name of the scope
     * @param kind what the limit counts
     * @param perMinute the limit
     * @param tokens how many tokens the request needs
     */
    record Draft(String scope, RateLimitUnit kind, int perMinute, int tokens) {

        String bucketId() {
            return kind.word() + ":" + scope;
        }
    }

    /**
     * What a bucket can give.
     *
     * @param untilEnough the time until it has enough tokens, in whole milliseconds; zero if it has or had enough
     * @param left the tokens that it has now
     */
    record Level(Duration untilEnough, long left) {}

    /** A limit with the level of its bucket. */
    private record Draw(Draft draft, Level level) {

        long left() {
            return level.left();
        }
    }

    /** Refills evenly; a burst of 60 seconds of tokens is allowed. */
    static BucketConfiguration configuration(int perMinute) {
        return BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, PERIOD)).build();
    }

    /** Takes the tokens from all buckets, or from none if a bucket has too few. */
    RateLimitStatus takeFrom(Buckets buckets) {
        List<Draft> drafts = drafts();
        List<Bucket> used = drafts.stream().map(draft -> buckets.bucket(draft.bucketId(), draft.perMinute())).toList();
        List<Duration> waits = new ArrayList<>();
        for (int index = 0; index < used.size(); index++) {
            waits.add(untilEnough(used.get(index), drafts.get(index).tokens()));
        }
        if (waits.stream().allMatch(Duration::isZero)) {
            for (int index = 0; index < used.size(); index++) {
                take(used.get(index), drafts.get(index));
            }
        }
        List<Level> levels = new ArrayList<>();
        for (int index = 0; index < used.size(); index++) {
            levels.add(new Level(waits.get(index), used.get(index).getAvailableTokens()));
        }
        return status(drafts, levels);
    }

    /**
     * Returns the status of the limits after the tokens were taken.
     *
     * @param levels the levels of the buckets of all drafts, in their order
     * @throws RateLimitExceededException if a bucket had too few tokens
     */
    static RateLimitStatus status(List<Draft> drafts, List<Level> levels) {
        List<Draw> draws = new ArrayList<>();
        Draw slowest = null;
        for (int index = 0; index < drafts.size(); index++) {
            Draw draw = new Draw(drafts.get(index), levels.get(index));
            draws.add(draw);
            if (draw.level().untilEnough()
                    .compareTo(slowest == null ? Duration.ZERO : slowest.level().untilEnough()) > 0) {
                slowest = draw;
            }
        }
        if (slowest != null) {
            Draft draft = slowest.draft();
            throw new RateLimitExceededException(draft.scope(), draft.kind(), draft.perMinute(),
                    slowest.level().untilEnough(), left(draws));
        }
        return left(draws);
    }

    /** in whole milliseconds, because the library rounds the remaining part of a token down */
    private static Duration untilEnough(Bucket bucket, int tokens) {
        if (tokens == 0) {
            return Duration.ZERO;
        }
        EstimationProbe probe = bucket.estimateAbilityToConsume(tokens);
        return probe.canBeConsumed()
                ? Duration.ZERO
                : Duration.ofMillis(Math.max(1, Math.ceilDiv(probe.getNanosToWaitForRefill(), 1_000_000)));
    }

    private static void take(Bucket bucket, Draft draft) {
        if (draft.tokens() > 0 && !bucket.tryConsume(draft.tokens())) {
            throw new IllegalStateException("concurrent access to bucket " + draft.bucketId());
        }
    }

    /** Rejects a request that exceeds a limit even with a full bucket. */
    void refuseImpossible() {
        for (RateLimitScope scope : scopes) {
            Integer limit = scope.imagesPerMinute();
            if (limit != null && images > limit) {
                throw new ImagesAboveLimitException(scope.name(), images, limit);
            }
        }
    }

    /** Returns the limits that apply, with the tokens that the request needs. */
    List<Draft> drafts() {
        List<Draft> drafts = new ArrayList<>();
        for (RateLimitScope scope : scopes) {
            add(drafts, scope.name(), RateLimitUnit.REQUESTS, scope.requestsPerMinute(), 1);
            add(drafts, scope.name(), RateLimitUnit.IMAGES, scope.imagesPerMinute(), images);
        }
        return drafts;
    }

    private static void add(List<Draft> drafts, String scope, RateLimitUnit kind, @Nullable Integer limit, int tokens) {
        if (limit != null) {
            drafts.add(new Draft(scope, kind, limit, tokens));
        }
    }

    private static RateLimitStatus left(List<Draw> draws) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (RateLimitUnit kind : RateLimitUnit.values()) {
            draws.stream().filter(draw -> draw.draft().kind() == kind)
                    .min(Comparator.comparingLong(Draw::left).thenComparingInt(draw -> draw.draft().perMinute()))
                    .ifPresent(draw -> tell(draw, headers::put));
        }
        return new RateLimitStatus(headers);
    }

    private static void tell(Draw draw, BiConsumer<String, String> header) {
        String kind = draw.draft().kind().word();
        long limit = draw.draft().perMinute();
        long left = Math.max(0, draw.left());
        Duration untilFull = Duration.ofNanos(Math.ceilDiv((limit - left) * PERIOD.toNanos(), limit));
        header.accept("x-ratelimit-limit-" + kind, Long.toString(limit));
        header.accept("x-ratelimit-remaining-" + kind, Long.toString(left));
        header.accept("x-ratelimit-reset-" + kind, RateLimitStatus.text(untilFull));
    }
}
