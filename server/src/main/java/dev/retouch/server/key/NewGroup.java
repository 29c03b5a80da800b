package dev.retouch.server.key;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * A group to create.
 *
 * @param name permanent name
 * @param settings differences from a group without restrictions
 * @param budget the first amount of its budget, in currency units; null if its spending is not limited
 */
public record NewGroup(String name, GroupChange settings, @Nullable BigDecimal budget) {

    /** A group whose spending is not limited. */
    public NewGroup(String name, GroupChange settings) {
        this(name, settings, null);
    }
}
