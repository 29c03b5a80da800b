package dev.retouch.server.billing;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount in the currency of the price list, in billionths. A price per token has up to nine decimals, and sums of
 * integers are exact.
 *
 * @param nanos billionths of the currency's unit
 */
public record Money(long nanos) implements Comparable<Money> {

    /** Zero. */
    public static final Money ZERO = new Money(0);

    private static final int DECIMALS = 9;
    private static final int MAX_DIGITS = 10;

    /**
     * Converts an amount, rounded half up to nine decimals.
     *
     * @throws ArithmeticException if it exceeds about nine billion units, the maximum of a 64-bit integer
     */
    public static Money of(BigDecimal amount) {
        // checked before scaling: a number with a huge exponent is short as text and huge when scaled
        long digits = (long) amount.precision() - amount.scale();
        if (amount.signum() == 0 || digits < -DECIMALS) {
            return ZERO;
        }
        if (digits > MAX_DIGITS) {
            throw new ArithmeticException("the amount is too large");
        }
        return new Money(amount.setScale(DECIMALS, RoundingMode.HALF_UP).unscaledValue().longValueExact());
    }

    /** As a decimal without trailing zeros. */
    public BigDecimal amount() {
        BigDecimal amount = BigDecimal.valueOf(nanos, DECIMALS).stripTrailingZeros();
        return amount.scale() < 0 ? amount.setScale(0) : amount;
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(nanos, other.nanos));
    }

    /** The difference; may be negative. */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(nanos, other.nanos));
    }

    /** The amount with the opposite sign. */
    public Money negated() {
        return new Money(Math.negateExact(nanos));
    }

    public boolean isZero() {
        return nanos == 0;
    }

    public boolean isNegative() {
        return nanos < 0;
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(nanos, other.nanos);
    }

    /** Plain digits such as {@code 0.0125}. */
    @Override
    public String toString() {
        return amount().toPlainString();
    }
}
