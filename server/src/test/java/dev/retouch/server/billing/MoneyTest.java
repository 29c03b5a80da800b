package dev.retouch.server.billing;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MoneyTest {

    @ParameterizedTest
    @CsvSource({"0,0", "0.000,0", "1,1000000000", "0.000000001,1", "0.0000000005,1", "0.00000000049,0",
            "-0.0000000005,-1", "0.0125,12500000", "9223372036.854775807,9223372036854775807",
            "-9223372036.854775808,-9223372036854775808", "1E+9,1000000000000000000", "1E-1000000000,0",
            "0E+1000000000,0"})
    void isCountedInBillionths(BigDecimal amount, long nanos) {
        assertThat(Money.of(amount)).isEqualTo(new Money(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036.854775808", "-9223372036.854775809", "10000000000", "1E+1000000000",
            "9223372036.8547758075"})
    void rejectsTooLargeAmounts(BigDecimal amount) {
        assertThatThrownBy(() -> Money.of(amount)).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1000000000,1", "1,0.000000001", "-12500000,-0.0125", "1200000000000,1200",
            "9223372036854775807,9223372036.854775807"})
    void isWrittenPlainly(long nanos, String text) {
        assertThat(new Money(nanos)).hasToString(text);
        assertThat(new Money(nanos).amount()).isEqualTo(new BigDecimal(text));
        assertThat(Money.of(new BigDecimal(text)).nanos()).isEqualTo(nanos);
    }

    @Test
    void addsUpExactlyOrNotAtAll() {
        Money most = new Money(Long.MAX_VALUE);
        Money one = new Money(1);
        assertThat(most.minus(one).plus(one)).isEqualTo(most);
        assertThat(one.negated().plus(one)).isEqualTo(Money.ZERO);
        assertThat(one).isGreaterThan(Money.ZERO).isLessThan(most);
        assertThatThrownBy(() -> most.plus(one)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.negated().minus(one).minus(one)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Money(Long.MIN_VALUE).negated()).isInstanceOf(ArithmeticException.class);
    }
}
