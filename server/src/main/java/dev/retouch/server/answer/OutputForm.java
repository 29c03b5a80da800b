package dev.retouch.server.answer;

/** The form of an answer that a client asked for. */
public enum OutputForm {
    /** A JSON document with base64. */
    BASE64,
    /** A JSON document with links. */
    LINKS,
    /** A JSON document with both. */
    BOTH,
    /** Server-sent events. */
    EVENTS,
    /** The result of a task: a JSON document with links, and progress on the way. */
    TASK;

    /** Whether images of the answer get links, so that they are stored. */
    public boolean hasLinks() {
        return this == LINKS || this == BOTH || this == TASK;
    }
}
