package dev.retouch.server.billing;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of whatever currency the price list is in. Whole billionths, because a price per token has up to nine decimals,
 * and because sums of whole numbers are exact.
 *
 * @param nanos billionths of the currency's unit
 */
public record Money(long nanos) implements Comparable<Money> {

    /** Nothing. */
    public static final Money ZERO = new Money(0);

    private static final int DECIMALS = 9;
    private static final int MOST_DIGITS = 10;

    /**
     * This amount, rounded half up where it has more than nine decimals.
     *
     * @throws ArithmeticException where it is more than nine billion units, which no ledger here can hold
     */
    public static Money of(BigDecimal amount) {
        // looked at before it is scaled: an exponent of a billion is short to write and long to write out
        long digits = (long) amount.precision() - amount.scale();
        if (amount.signum() == 0 || digits < -DECIMALS) {
            return ZERO;
        }
        if (digits > MOST_DIGITS) {
            throw new ArithmeticException("the amount is too large");
        }
        return new Money(amount.setScale(DECIMALS, RoundingMode.HALF_UP).unscaledValue().longValueExact());
    }

    /** As a plain number without needless zeros. */
    public BigDecimal amount() {
        BigDecimal amount = BigDecimal.valueOf(nanos, DECIMALS).stripTrailingZeros();
        return amount.scale() < 0 ? amount.setScale(0) : amount;
    }

    /** Both together. */
    public Money plus(Money other) {
        return new Money(Math.addExact(nanos, other.nanos));
    }

    /** What is left without the other; may be below zero. */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(nanos, other.nanos));
    }

    /** The same in the other direction. */
    public Money negated() {
        return new Money(Math.negateExact(nanos));
    }

    /** Whether it is nothing. */
    public boolean isZero() {
        return nanos == 0;
    }

    /** Whether it is below zero. */
    public boolean isNegative() {
        return nanos < 0;
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(nanos, other.nanos);
    }

    /** Plain digits, as in {@code 0.0125}. */
    @Override
    public String toString() {
        return amount().toPlainString();
    }
}
