package dev.retouch.server.admission;

/** The right to run one edit now, in all the scopes that were asked for. */
public interface Slot extends AutoCloseable {

    /** Gives it back, to whoever has waited longest. Never fails; only the first call does anything. */
    @Override
    void close();
}
