package dev.retouch.server.key;

/**
 * Thrown if an administrative operation is not possible; the message names the next step. Never contains a value that
 * could be a key.
 */
public final class AdministrationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String field;

    private AdministrationException(Kind kind, String field, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.field = field;
    }

    public enum Kind {
        /** The subject does not exist. */
        NOT_FOUND,
        /** The operation conflicts with the current state. */
        CONFLICT,
        /** The arguments are invalid. */
        INVALID
    }

    static AdministrationException notFound(String field, String message) {
        return new AdministrationException(Kind.NOT_FOUND, field, message);
    }

    static AdministrationException conflict(String field, String message) {
        return new AdministrationException(Kind.CONFLICT, field, message);
    }

    static AdministrationException invalid(String field, String message) {
        return new AdministrationException(Kind.INVALID, field, message);
    }

    public Kind kind() {
        return kind;
    }

    /** Returns the field that the failure is about, as the HTTP API names it. */
    public String field() {
        return field;
    }
}
