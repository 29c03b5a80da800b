package dev.retouch.server.admission;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

import dev.retouch.server.policy.RoomLimits;

/**
 * Those whose edits count together: a key, or a group.
 *
 * @param name such as {@code key:key_…} or {@code group:default}
 * @param most how many of their edits run at the same time
 * @param queue how many more may wait
 * @param patience how long each waits at most
 */
public record SlotScope(String name, int most, int queue, Duration patience) {

    /** Refuses a scope in which nothing can ever run. */
    public SlotScope {
        if (most < 1 || queue < 0 || patience.isNegative()) {
            throw new IllegalArgumentException("at least one slot, no queue or a queue, no wait or a wait");
        }
    }

    /** The scope that these limits make; none where they do not limit how many edits run. */
    public static Optional<SlotScope> of(String name, RoomLimits limits) {
        Integer most = limits.concurrentEdits();
        return most == null
                ? Optional.empty()
                : Optional.of(new SlotScope(name, most, limits.queueOrDefault(), limits.queueWaitOrDefault()));
    }

    /** Who waits in several scopes waits as long as the least patient of them lets it. */
    static Duration shortestPatience(Collection<SlotScope> scopes) {
        return scopes.stream().map(SlotScope::patience).min(Duration::compareTo).orElse(Duration.ZERO);
    }
}
