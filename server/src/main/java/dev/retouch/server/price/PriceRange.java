package dev.retouch.server.price;

import java.math.BigDecimal;

/**
 * The price range of an edit.
 *
 * @param minimum the minimum cost
 * @param maximum the maximum cost
 */
public record PriceRange(BigDecimal minimum, BigDecimal maximum) {}
