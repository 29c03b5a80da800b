package dev.retouch.server.answer;

import java.util.function.Supplier;

/**
 * The kind of an event of an upstream's stream: by the name in its {@code event} line or, without one, by the
 * {@code type} in its data. An image in an event with an unknown name counts as partial, because it must not end the
 * stream.
 */
final class EventKind {

    private final Supplier<String> line;
    private String type = "";

    EventKind(Supplier<String> line) {
        this.line = line;
    }

    void type(String value) {
        type = value;
    }

    /** The name; empty where none is known yet. */
    String name() {
        String name = line.get();
        return name.isEmpty() || name.equals("message") ? type : name;
    }

    boolean isKnown() {
        return !name().isEmpty();
    }

    boolean isPartial() {
        String name = name();
        return !name.endsWith("completed") && !name.equals("image") && !name.endsWith("final")
                && !name.endsWith("result");
    }

    boolean isError() {
        return name().equals("error") || type.equals("error");
    }
}
