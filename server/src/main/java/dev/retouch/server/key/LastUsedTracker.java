package dev.retouch.server.key;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tracks the last use of keys, in minutes. A request notes it in memory; a background job writes it. */
final class LastUsedTracker {

    private static final Logger LOG = LoggerFactory.getLogger(LastUsedTracker.class);
    private static final Duration STEP = Duration.ofMinutes(1);

    /** An evicted entry only causes another write. */
    private final Cache<String, Instant> noted = Caffeine.newBuilder().maximumSize(KeyCache.MOST)
            .executor(Runnable::run)
            .build();
    private final Map<String, Instant> waiting = new ConcurrentHashMap<>();

    /** Notes a use, unless a use within the last minute is noted. */
    void note(String id, Instant now) {
        Instant before = noted.getIfPresent(id);
        if (before == null || !now.isBefore(before.plus(STEP))) {
            noted.put(id, now);
            waiting.put(id, now);
        }
    }

    /** Writes the noted uses. If a write fails, the next call repeats it. */
    void flush(KeyLookup source) {
        Map<String, Instant> uses = Map.copyOf(waiting);
        if (uses.isEmpty()) {
            return;
        }
        try {
            source.writeUses(uses);
        } catch (RuntimeException e) {
            LOG.warn("last use of keys not written keys={}", uses.size(), e);
            return;
        }
        uses.forEach(waiting::remove);
    }
}
