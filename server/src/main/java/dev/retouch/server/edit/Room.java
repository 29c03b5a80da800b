package dev.retouch.server.edit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.retouch.server.admission.QueueFullException;
import dev.retouch.server.admission.RateLimitedException;
import dev.retouch.server.admission.RateLimits;
import dev.retouch.server.admission.RateScope;
import dev.retouch.server.admission.Slot;
import dev.retouch.server.admission.SlotScope;
import dev.retouch.server.admission.SlotWaitExceededException;
import dev.retouch.server.admission.Slots;
import dev.retouch.server.admission.TooManyImagesForLimitException;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.Caller;
import dev.retouch.server.key.Group;

/** The room that a key and its group have for an edit: how often, how many images, and how many at a time. */
public final class Room {

    private final RateLimits rates;
    private final Slots slots;

    /** Room within these limits. */
    public Room(RateLimits rates, Slots slots) {
        this.rates = rates;
        this.slots = slots;
    }

    /** A place that is taken until it is closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Counts an edit, with its images and those that it asks for.
     *
     * @return headers that tell what is left
     */
    Map<String, String> count(Caller caller, EditRequest request, EditPlan plan) {
        int images = request.images().size() + Asked.by(plan).images();
        ApiKey key = caller.key();
        Group group = caller.group();
        try {
            return rates.take(List.of(RateScope.of(Owner.ofKey(key.account()), key.room()),
                    RateScope.of(Owner.ofGroup(group.name()), group.room())), images).headers();
        } catch (RateLimitedException e) {
            throw new ApiException(ErrorMessage.RATE_IS_LIMITED).with("scope", told(e.scope()))
                    .with("limit", e.perMinute()).with("unit", e.kind().word()).with("seconds", seconds(e.retryAfter()))
                    .retryAfter(e.retryAfter()).telling(e.headers());
        } catch (TooManyImagesForLimitException e) {
            throw new ApiException(ErrorMessage.IMAGES_ARE_ABOVE_LIMIT).with("images", e.images())
                    .with("scope", told(e.scope())).with("limit", e.perMinute());
        }
    }

    /** Waits for a place, as long as the limits say. */
    Place enter(Caller caller, String editId) {
        List<SlotScope> scopes = Stream.of(SlotScope.of(Owner.ofKey(caller.key().account()), caller.key().room()),
                SlotScope.of(Owner.ofGroup(caller.group().name()), caller.group().room()))
                .flatMap(scope -> scope.stream())
                .toList();
        if (scopes.isEmpty()) {
            return () -> {};
        }
        try {
            Slot slot = slots.acquire(scopes, editId);
            return slot::close;
        } catch (QueueFullException e) {
            throw new ApiException(ErrorMessage.QUEUE_IS_FULL).with("limit", e.scope().most())
                    .with("scope", told(e.scope().name())).with("seconds", seconds(e.retryAfter()))
                    .retryAfter(e.retryAfter());
        } catch (SlotWaitExceededException e) {
            throw new ApiException(ErrorMessage.WAITED_TOO_LONG).with("limit", e.scope().most())
                    .with("scope", told(e.scope().name())).with("waited", e.waited().toSeconds())
                    .with("seconds", seconds(e.retryAfter())).retryAfter(e.retryAfter());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a slot", e);
        }
    }

    private static String told(String scope) {
        return Owner.isKey(scope) ? "this key" : "this key's group";
    }

    private static long seconds(Duration delay) {
        return Math.max(1, delay.plusMillis(999).toSeconds());
    }
}
