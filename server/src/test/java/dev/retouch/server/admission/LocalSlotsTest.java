package dev.retouch.server.admission;

/** Slots in memory. */
class LocalSlotsTest extends SlotsRules {

    private final LocalSlots slots = new LocalSlots(clock);

    @Override
    Slots one() {
        return slots;
    }

    @Override
    Slots other() {
        return slots;
    }
}
