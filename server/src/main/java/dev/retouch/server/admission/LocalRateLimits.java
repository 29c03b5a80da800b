package dev.retouch.server.admission;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.local.SynchronizationStrategy;

/** Rate limits in the memory of one process. A bucket that nobody uses is full again in a minute, and then forgotten. */
public final class LocalRateLimits implements RateLimits {

    private static final int MOST_BUCKETS = 100_000;

    private final TimeMeter time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Cache<String, Sized> buckets;

    /**
     * Nothing is used up.
     *
     * @param time one that never goes back, such as {@link TimeMeter#SYSTEM_NANOTIME}
     */
    public LocalRateLimits(TimeMeter time) {
        this.time = time;
        buckets = Caffeine.newBuilder().maximumSize(MOST_BUCKETS).expireAfterAccess(RateRequest.PERIOD.multipliedBy(2))
                .ticker(time::currentTimeNanos).executor(Runnable::run).build();
    }

    /** A bucket, and for which limit it was made. */
    private record Sized(Bucket bucket, int perMinute) {}

    @Override
    public RateResult take(List<RateScope> scopes, int images) {
        RateRequest request = new RateRequest(scopes, images);
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
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, RateRequest.PERIOD))
                .withCustomTimePrecision(time).withSynchronizationStrategy(SynchronizationStrategy.NONE).build(),
                perMinute));
        if (known.perMinute() != perMinute) {
            known.bucket().replaceConfiguration(RateRequest.configuration(perMinute),
                    TokensInheritanceStrategy.PROPORTIONALLY);
            buckets.put(id, new Sized(known.bucket(), perMinute));
        }
        return known.bucket();
    }
}
