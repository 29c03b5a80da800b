package dev.retouch.server.admission;

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

/**
 * What one request takes from which limits. Looks into all buckets before it takes from any, so whoever brings the buckets
 * keeps others away from them meanwhile.
 */
record RateRequest(List<RateScope> scopes, int images) {

    static final Duration PERIOD = Duration.ofMinutes(1);

    /** Where the buckets are. */
    interface Buckets {
        /** A limit's bucket, as large as the limit is now. */
        Bucket bucket(String id, int perMinute);
    }

    /** What is taken from one limit. */
    private record Draft(String scope, RateKind kind, int perMinute, int tokens) {

        String bucketId() {
            return kind.word() + ":" + scope;
        }
    }

    /** One limit's bucket, and what is taken from it. */
    private record Draw(Draft draft, Bucket bucket) {

        /** In whole milliseconds, because the library rounds down what is left of a token. */
        Duration untilEnough() {
            if (draft.tokens() == 0) {
                return Duration.ZERO;
            }
            EstimationProbe probe = bucket.estimateAbilityToConsume(draft.tokens());
            return probe.canBeConsumed()
                    ? Duration.ZERO
                    : Duration.ofMillis(Math.max(1, Math.ceilDiv(probe.getNanosToWaitForRefill(), 1_000_000)));
        }

        void take() {
            if (draft.tokens() > 0 && !bucket.tryConsume(draft.tokens())) {
                throw new IllegalStateException("somebody else took from " + draft.bucketId());
            }
        }

        long left() {
            return bucket.getAvailableTokens();
        }
    }

    /** An even pace, with room for a minute's worth at once. */
    static BucketConfiguration configuration(int perMinute) {
        return BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, PERIOD)).build();
    }

    /** Which buckets are needed. */
    List<String> bucketIds() {
        return drafts().stream().map(Draft::bucketId).toList();
    }

    /** Takes from all of them or from none. */
    RateResult takeFrom(Buckets buckets) {
        List<Draw> draws = drafts().stream()
                .map(draft -> new Draw(draft, buckets.bucket(draft.bucketId(), draft.perMinute()))).toList();
        Draw slowest = null;
        Duration longest = Duration.ZERO;
        for (Draw draw : draws) {
            Duration wait = draw.untilEnough();
            if (wait.compareTo(longest) > 0) {
                longest = wait;
                slowest = draw;
            }
        }
        if (slowest != null) {
            Draft draft = slowest.draft();
            throw new RateLimitedException(draft.scope(), draft.kind(), draft.perMinute(), longest, left(draws));
        }
        draws.forEach(Draw::take);
        return left(draws);
    }

    /** Refuses what can never be let through. */
    void refuseImpossible() {
        for (RateScope scope : scopes) {
            Integer limit = scope.imagesPerMinute();
            if (limit != null && images > limit) {
                throw new TooManyImagesForLimitException(scope.name(), images, limit);
            }
        }
    }

    private List<Draft> drafts() {
        List<Draft> drafts = new ArrayList<>();
        for (RateScope scope : scopes) {
            add(drafts, scope.name(), RateKind.REQUESTS, scope.requestsPerMinute(), 1);
            add(drafts, scope.name(), RateKind.IMAGES, scope.imagesPerMinute(), images);
        }
        return drafts;
    }

    private static void add(List<Draft> drafts, String scope, RateKind kind, @Nullable Integer limit, int tokens) {
        if (limit != null) {
            drafts.add(new Draft(scope, kind, limit, tokens));
        }
    }

    private static RateResult left(List<Draw> draws) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (RateKind kind : RateKind.values()) {
            draws.stream().filter(draw -> draw.draft().kind() == kind)
                    .min(Comparator.comparingLong(Draw::left).thenComparingInt(draw -> draw.draft().perMinute()))
                    .ifPresent(draw -> tell(draw, headers::put));
        }
        return new RateResult(headers);
    }

    private static void tell(Draw draw, BiConsumer<String, String> header) {
        String kind = draw.draft().kind().word();
        long limit = draw.draft().perMinute();
        long left = Math.max(0, draw.left());
        Duration untilFull = Duration.ofNanos(Math.ceilDiv((limit - left) * PERIOD.toNanos(), limit));
        header.accept("x-ratelimit-limit-" + kind, Long.toString(limit));
        header.accept("x-ratelimit-remaining-" + kind, Long.toString(left));
        header.accept("x-ratelimit-reset-" + kind, RateResult.text(untilFull));
    }
}
