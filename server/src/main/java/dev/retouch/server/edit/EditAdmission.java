package dev.retouch.server.edit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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

    /**
     * Creates the check with these limiters.
     *
     * @param freeSlots concurrency limits of groups whose edits are free; needs no database, like the sandbox
     */
    public EditAdmission(RateLimiter rates, ConcurrencyLimiter slots, ConcurrencyLimiter freeSlots) {
        this.rates = rates;
        this.slots = slots;
        this.freeSlots = freeSlots;
    }

    /** A slot that is released when it is closed. */
    interface Place extends AutoCloseable {
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
            return () -> {};
        }
        try {
            Slot slot = (principal.group().free() ? freeSlots : slots).acquire(scopes, editId);
            return slot::close;
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

    private static String scopeName(String scope) {
        return BudgetOwner.isKey(scope) ? "this key" : "this key's group";
    }

    private static long seconds(Duration delay) {
        return Math.max(1, delay.plusMillis(999).toSeconds());
    }
}
