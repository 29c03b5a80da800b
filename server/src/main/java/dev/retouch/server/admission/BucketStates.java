package dev.retouch.server.admission;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.distributed.proxy.ClientSideConfig;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AbstractCompareAndSwapBasedProxyManager;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AsyncCompareAndSwapOperation;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.CompareAndSwapOperation;
import io.github.bucket4j.distributed.remote.RemoteBucketState;

/**
 * The states of a few buckets, taken out of the database for one request and put back after it. The library's own way to
 * PostgreSQL makes each look into each bucket a transaction of its own, which can neither take from several buckets at once
 * nor be committed together with others' work.
 */
final class BucketStates extends AbstractCompareAndSwapBasedProxyManager<String> implements RateRequest.Buckets {

    private final Map<String, byte[]> states;
    private final Set<String> changed = new HashSet<>();

    BucketStates(Map<String, byte[]> states, TimeMeter time) {
        super(ClientSideConfig.getDefault().withClientClock(time));
        this.states = new HashMap<>(states);
    }

    /** What must be put back. */
    Map<String, byte[]> changed() {
        Map<String, byte[]> result = new HashMap<>(states);
        result.keySet().retainAll(changed);
        return result;
    }

    @Override
    public Bucket bucket(String id, int perMinute) {
        BucketConfiguration wanted = RateRequest.configuration(perMinute);
        Bucket bucket = builder().build(id, () -> wanted);
        if (getProxyConfiguration(id).filter(known -> !known.equals(wanted)).isPresent()) {
            bucket.replaceConfiguration(wanted, TokensInheritanceStrategy.PROPORTIONALLY);
        }
        return bucket;
    }

    /** One bucket's state; nobody else has it, so that swapping always succeeds. */
    private final class Swap implements CompareAndSwapOperation {

        private final String id;

        Swap(String id) {
            this.id = id;
        }

        @Override
        public Optional<byte[]> getStateData(Optional<Long> timeout) {
            return Optional.ofNullable(states.get(id));
        }

        @Override
        public boolean compareAndSwap(byte[] before, byte[] after, RemoteBucketState state, Optional<Long> timeout) {
            states.put(id, after);
            changed.add(id);
            return true;
        }
    }

    @Override
    protected CompareAndSwapOperation beginCompareAndSwapOperation(String id) {
        return new Swap(id);
    }

    @Override
    protected AsyncCompareAndSwapOperation beginAsyncCompareAndSwapOperation(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected CompletableFuture<Void> removeAsync(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removeProxy(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isAsyncModeSupported() {
        return false;
    }
}
