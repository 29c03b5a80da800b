package dev.retouch.server.admission;

import java.time.Duration;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import dev.retouch.server.admission.KeyShares.Permit;

import static org.assertj.core.api.Assertions.assertThat;

class KeySharesTest {

    private static final Duration NOT_AT_ALL = Duration.ZERO;

    @Test
    void aKeyGetsItsPartAndOthersGetTheirs() throws InterruptedException {
        KeyShares shares = new KeyShares(8, 25);
        Permit first = Objects.requireNonNull(shares.acquire("key_a", NOT_AT_ALL));
        Permit second = Objects.requireNonNull(shares.acquire("key_a", NOT_AT_ALL));
        assertThat(shares.acquire("key_a", NOT_AT_ALL)).isNull();
        Permit other = Objects.requireNonNull(shares.acquire("key_b", NOT_AT_ALL));
        first.release();
        Permit again = Objects.requireNonNull(shares.acquire("key_a", NOT_AT_ALL));
        assertThat(shares.keys()).isEqualTo(2);
        for (Permit permit : new Permit[]{second, other, again}) {
            permit.release();
        }
        assertThat(shares.keys()).as("nothing is kept of keys without permits").isZero();
    }

    @Test
    void everyKeyGetsAtLeastOne() throws InterruptedException {
        assertThat(new KeyShares(2, 1).acquire("key_a", NOT_AT_ALL)).isNotNull();
    }
}
