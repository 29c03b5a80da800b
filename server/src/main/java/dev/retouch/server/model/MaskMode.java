package dev.retouch.server.model;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How the mask of an edit is applied. */
public enum MaskMode {
    /** The mask is sent to the model. */
    HINT,
    /** The mask is sent to the model, and pixels outside are restored. */
    STRICT,
    /** The mask is ignored. */
    OFF;

    /** The parameter of an edit that chooses it. */
    public static final String PARAMETER = "mask_mode";

    /** The mode of this wire name; empty if there is none. */
    public static Optional<MaskMode> ofWireName(String name) {
        return Stream.of(values()).filter(mode -> mode.wireName().equals(name)).findFirst();
    }

    /** The name in parameters, such as {@code strict}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
