/**
 * Computes the price range of an edit before it runs and its cost afterwards. Prices and token figures come from the
 * registry; the arithmetic is decimal. Used by {@code edit}. It moves no money and does not know budgets.
 */
@NullMarked
package dev.retouch.server.price;

import org.jspecify.annotations.NullMarked;
