package dev.retouch.server.admission.slot;

/** Slots in memory. */
class InMemoryConcurrencyLimiterTest extends SlotsRules {

    private final InMemoryConcurrencyLimiter slots = new InMemoryConcurrencyLimiter(clock);

    @Override
    ConcurrencyLimiter one() {
        return slots;
    }

    @Override
    ConcurrencyLimiter other() {
        return slots;
    }
}
