package dev.retouch.server.edit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

import dev.retouch.server.admission.QueueFullException;
import dev.retouch.server.admission.RateLimitExceededException;
import dev.retouch.server.admission.SlotWaitTimeoutException;
import dev.retouch.server.admission.rate.ImagesAboveLimitException;
import dev.retouch.server.admission.rate.RateLimitScope;
import dev.retouch.server.admission.rate.RateLimiter;
import dev.retouch.server.admission.slot.ConcurrencyLimiter;
import dev.retouch.server.admission.slot.ConcurrencyScope;
import dev.retouch.server.admission.slot.Slot;
import dev.retouch.server.billing.BudgetOwner;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.key.Group;

/** Applies the rate limits and the concurrency limits of a key and its group to an edit. */
public final class EditAdmission {

    private final RateLimiter rates;
    private final ConcurrencyLimiter slots;
    private final ConcurrencyLimiter freeSlots;
    private final LongPredicate aliveSince;

    /**
     * Creates the check with these limiters.
     *
     * @param freeSlots concurrency limits of groups whose edits are free; needs no database, like the sandbox
     * @param aliveSince whether no other instance can have released slots that this instance has taken since a time of
     * {@link System#nanoTime()}
     */
    public EditAdmission(RateLimiter rates, ConcurrencyLimiter slots, ConcurrencyLimiter freeSlots,
            LongPredicate aliveSince) {
        this.rates = rates;
        this.slots = slots;
        this.freeSlots = freeSlots;
        this.aliveSince = aliveSince;
    }

    /** A slot that is released when it is closed. */
    interface Place extends AutoCloseable {
        /** The place of an edit without a concurrency limit. */
        Place UNLIMITED = () -> {};

        /**
         * Whether another edit may have the slot, because this instance was taken for dead. The edit must not be dispatched then.
         */
        default boolean isLost() {
            return false;
        }

        @Override
        void close();
    }

    /**
     * Takes one request and its images from the rate limits.
     *
     * @param images input and requested images
     * @return the rate limit headers of the response
     */
    Map<String, String> checkRate(ApiPrincipal principal, int images) {
        ApiKey key = principal.key();
        Group group = principal.group();
        try {
            return rates.take(List.of(RateLimitScope.of(BudgetOwner.ofKey(key.rootKeyId()), key.limits()),
                    RateLimitScope.of(BudgetOwner.ofGroup(group.name()), group.limits())), images).headers();
        } catch (RateLimitExceededException e) {
            throw new ApiException(ErrorMessage.RATE_IS_LIMITED).withArgument("scope", scopeName(e.scope()))
                    .withArgument("limit", e.perMinute()).withArgument("unit", e.kind().word())
                    .withArgument("seconds", seconds(e.retryAfter()))
                    .retryAfter(e.retryAfter()).withHeaders(e.headers());
        } catch (ImagesAboveLimitException e) {
            throw new ApiException(ErrorMessage.IMAGES_ARE_ABOVE_LIMIT).withArgument("images", e.images())
                    .withArgument("scope", scopeName(e.scope())).withArgument("limit", e.perMinute());
        }
    }

    /** Waits for a slot, at most for the limits' queue wait. */
    Place acquireSlot(ApiPrincipal principal, String editId) {
        List<ConcurrencyScope> scopes = Stream
                .of(ConcurrencyScope.of(BudgetOwner.ofKey(principal.key().rootKeyId()), principal.key().limits()),
                        ConcurrencyScope.of(BudgetOwner.ofGroup(principal.group().name()), principal.group().limits()))
                .flatMap(scope -> scope.stream())
                .toList();
        if (scopes.isEmpty()) {
            return Place.UNLIMITED;
        }
        try {
            if (principal.group().free()) {
                return freeSlots.acquire(scopes, editId)::close;
            }
            long asked = System.nanoTime();
            return new LimitedPlace(slots.acquire(scopes, editId), asked);
        } catch (QueueFullException e) {
            throw new ApiException(ErrorMessage.QUEUE_IS_FULL).withArgument("limit", e.scope().maxRunning())
                    .withArgument("scope", scopeName(e.scope().name())).withArgument("seconds", seconds(e.retryAfter()))
                    .retryAfter(e.retryAfter());
        } catch (SlotWaitTimeoutException e) {
            throw new ApiException(ErrorMessage.WAITED_TOO_LONG).withArgument("limit", e.scope().maxRunning())
                    .withArgument("scope", scopeName(e.scope().name())).withArgument("waited", e.waited().toSeconds())
                    .withArgument("seconds", seconds(e.retryAfter())).retryAfter(e.retryAfter());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a slot", e);
        }
    }

    /** A slot that other instances release if they declare this one dead. */
    private final class LimitedPlace implements Place {

        private final Slot slot;
        private final long asked;

        LimitedPlace(Slot slot, long asked) {
            this.slot = slot;
            this.asked = asked;
        }

        @Override
        public boolean isLost() {
            return !aliveSince.test(asked);
        }

        @Override
        public void close() {
            slot.close();
        }
    }

    private static String scopeName(String scope) {
        return BudgetOwner.isKey(scope) ? "this key" : "this key's group";
    }

    private static long seconds(Duration delay) {
        return Math.max(1, delay.plusMillis(999).toSeconds());
    }
}
