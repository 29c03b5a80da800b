package dev.retouch.server.price;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * What an edit that delivered images is charged.
 *
 * @param cost in the currency of its price list
 * @param usage the usage that the ledger keeps; nothing where the reported one is not believed
 * @param note why the charge does not follow from the figures that were reported; null where it does
 */
public record Charge(BigDecimal cost, ReportedUsage usage, @Nullable String note) {}
