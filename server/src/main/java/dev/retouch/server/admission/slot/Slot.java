package dev.retouch.server.admission.slot;

/** The right to run an edit, in all of its scopes. */
public interface Slot extends AutoCloseable {

    /** Releases the slot to the edit that has waited longest. Never fails; later calls do nothing. */
    @Override
    void close();
}
