package dev.retouch.server.intake;

import java.util.Set;

/**
 * The text fields whose whole value matters. Of other fields only the beginning is kept, because the gateway refuses or ignores
 * them: a file under a wrong name gets the same answer whatever its size.
 *
 * @param names the text fields of the contract
 * @param othersAreForwarded whether fields outside the contract are forwarded, and then matter as well
 */
public record KnownFields(Set<String> names, boolean othersAreForwarded) {

    /** How many bytes of a value are kept where the whole does not matter. */
    static final int KEPT_BYTES = 4096;

    /** Copies the names. */
    public KnownFields {
        names = Set.copyOf(names);
    }

    /** Whether the whole value of a field is kept. */
    boolean isWhole(String name) {
        return othersAreForwarded || names.contains(name);
    }
}
