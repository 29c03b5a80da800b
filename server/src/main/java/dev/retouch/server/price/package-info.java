/**
 * What an edit can cost before it runs, and what it did cost after: prices and token figures are the registry's, the
 * arithmetic is decimal. Asked by {@code edit}. Moves no money and knows no budget.
 */
@NullMarked
package dev.retouch.server.price;

import org.jspecify.annotations.NullMarked;
