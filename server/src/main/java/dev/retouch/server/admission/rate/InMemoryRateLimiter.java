package dev.retouch.server.admission.rate;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.local.SynchronizationStrategy;

/** Keeps token buckets in memory. A bucket is removed after a minute without requests, when it is full again. */
public final class InMemoryRateLimiter implements RateLimiter {

    private static final int MAX_BUCKETS = 100_000;

    private final TimeMeter time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Cache<String, Sized> buckets;

    /**
     * Creates the limiter with full buckets.
     *
     * @param time monotonic clock, such as {@link TimeMeter#SYSTEM_NANOTIME}
     */
    public InMemoryRateLimiter(TimeMeter time) {
        this.time = time;
        buckets = Caffeine.newBuilder().maximumSize(MAX_BUCKETS)
                .expireAfterAccess(RateLimitRequest.PERIOD.multipliedBy(2))
                .ticker(time::currentTimeNanos).executor(Runnable::run).build();
    }

    /** A bucket and the limit that it was created for. */
    private record Sized(Bucket bucket, int perMinute) {}

    @Override
    public RateLimitStatus take(List<RateLimitScope> scopes, int images) {
        RateLimitRequest request = new RateLimitRequest(scopes, images);
        request.refuseImpossible();
        lock.lock();
        try {
            return request.takeFrom(this::bucket);
        } finally {
            lock.unlock();
        }
    }

    private Bucket bucket(String id, int perMinute) {
        Sized known = buckets.get(id, unknown -> new Sized(Bucket.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, RateLimitRequest.PERIOD))
                .withCustomTimePrecision(time).withSynchronizationStrategy(SynchronizationStrategy.NONE).build(),
                perMinute));
        if (known.perMinute() != perMinute) {
            known.bucket().replaceConfiguration(RateLimitRequest.configuration(perMinute),
                    TokensInheritanceStrategy.PROPORTIONALLY);
            buckets.put(id, new Sized(known.bucket(), perMinute));
        }
        return known.bucket();
    }
}
