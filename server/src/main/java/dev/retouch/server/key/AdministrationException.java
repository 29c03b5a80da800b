package dev.retouch.server.key;

/**
 * What an administrator asked for cannot be done; the message says what to do instead. Never repeats what was given where that
 * could be a key by mistake.
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

    /** Why it cannot be done. */
    public enum Kind {
        /** What it is about does not exist. */
        NOT_FOUND,
        /** It does not go with what is there already. */
        CONFLICT,
        /** It could never be done. */
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

    /** Why it cannot be done. */
    public Kind kind() {
        return kind;
    }

    /** The field that it is about, as the HTTP API names it. */
    public String field() {
        return field;
    }
}
