package dev.retouch.server.price;

import java.math.BigDecimal;

/**
 * What an edit can cost.
 *
 * @param minimum the least
 * @param maximum the most
 */
public record PriceRange(BigDecimal minimum, BigDecimal maximum) {}
