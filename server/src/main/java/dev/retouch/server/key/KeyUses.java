package dev.retouch.server.key;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When keys were last used, to the minute. A request only notes it in memory; it is written later, by somebody who has the
 * time.
 */
final class KeyUses {

    private static final Logger LOG = LoggerFactory.getLogger(KeyUses.class);
    private static final Duration STEP = Duration.ofMinutes(1);

    /** One that is forgotten here is only written once more. */
    private final Cache<String, Instant> noted = Caffeine.newBuilder().maximumSize(Keys.MOST).executor(Runnable::run)
            .build();
    private final Map<String, Instant> waiting = new ConcurrentHashMap<>();

    /** Notes a use, unless one is noted that is less than a minute old. */
    void note(String id, Instant now) {
        Instant before = noted.getIfPresent(id);
        if (before == null || !now.isBefore(before.plus(STEP))) {
            noted.put(id, now);
            waiting.put(id, now);
        }
    }

    /** Writes what was noted; what cannot be written now waits for the next time. */
    void flush(KeySource source) {
        Map<String, Instant> uses = Map.copyOf(waiting);
        if (uses.isEmpty()) {
            return;
        }
        try {
            source.writeUses(uses);
        } catch (RuntimeException e) {
            LOG.warn("when keys were last used is not written yet keys={}", uses.size(), e);
            return;
        }
        uses.forEach(waiting::remove);
    }
}
