package dev.retouch.server.answer;

/** Learns where events begin and end, so that nothing else is written in the middle of one. */
public interface EventBoundaries {

    /** What is written from now on belongs to one event. */
    void begin();

    /** The event is written. */
    void end();
}
