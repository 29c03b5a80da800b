package dev.retouch.server.price;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReportedUsageTest {

    @Test
    void addsEveryKindAndTheCost() {
        ReportedUsage one = new ReportedUsage(10, 1, 20, 2, 3, 30, new BigDecimal("0.01"));
        ReportedUsage other = new ReportedUsage(1, 0, 2, 0, 0, 3, null);

        assertThat(one.plus(other)).isEqualTo(new ReportedUsage(11, 1, 22, 2, 3, 33, new BigDecimal("0.01")));
        assertThat(other.plus(one).reportedCost()).isEqualTo(new BigDecimal("0.01"));
        assertThat(one.plus(one).reportedCost()).isEqualTo(new BigDecimal("0.02"));
    }

    @Test
    void staysAbsurdInASum() {
        ReportedUsage negative = ReportedUsage.tokens(-5, 0, 10);
        ReportedUsage huge = ReportedUsage.tokens(0, 0, Long.MAX_VALUE);
        ReportedUsage good = ReportedUsage.tokens(10, 20, 30);

        assertThat(negative.plus(good).isAbsurd()).isTrue();
        assertThat(huge.plus(huge).isAbsurd()).isTrue();
        assertThat(good.plus(good).isAbsurd()).isFalse();
    }

    @Test
    void findsPartsAboveTheirWholeAndNegativeCosts() {
        assertThat(new ReportedUsage(10, 11, 0, 0, 0, 1, null).isAbsurd()).isTrue();
        assertThat(new ReportedUsage(10, 0, 5, 6, 0, 1, null).isAbsurd()).isTrue();
        assertThat(new ReportedUsage(0, 0, 0, 0, 0, 1, new BigDecimal("-1")).isAbsurd()).isTrue();
        assertThat(new ReportedUsage(10, 10, 5, 5, 0, 1, BigDecimal.ZERO).isAbsurd()).isFalse();
    }

    @Test
    void hasTokensOnlyWithOutput() {
        assertThat(ReportedUsage.tokens(50, 100, 0).hasTokens()).isFalse();
        assertThat(ReportedUsage.NONE.hasTokens()).isFalse();
        assertThat(ReportedUsage.tokens(0, 0, 1).hasTokens()).isTrue();
    }
}
