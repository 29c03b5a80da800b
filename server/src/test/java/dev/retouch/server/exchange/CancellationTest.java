package dev.retouch.server.exchange;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import dev.retouch.server.exchange.Cancellation.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CancellationTest {

    private final Cancellation cancellation = new Cancellation();

    @Test
    void returnsResultOfTheWait() {
        assertThat(cancellation.<String, RuntimeException>interruptibly(() -> "came")).isEqualTo("came");
        assertThat(cancellation.reason()).isEmpty();
    }

    @Test
    void cancelEndsTheWaitAndClearsTheInterrupt() {
        CountDownLatch never = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> cancellation.cancel(Reason.CLIENT_GONE));

        assertThatThrownBy(() -> cancellation.interruptibly(() -> {
            never.await();
            return "";
        })).isInstanceOfSatisfying(CanceledException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.CLIENT_GONE));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void refusesWaitsAfterCancel() {
        cancellation.cancel(Reason.STOPPING);
        cancellation.cancel(Reason.CLIENT_GONE);

        assertThat(cancellation.reason()).isEqualTo(Optional.of(Reason.STOPPING));
        assertThatThrownBy(() -> cancellation.interruptibly(() -> "never")).isInstanceOf(CanceledException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void cancelEndsANestedWait() {
        assertThatThrownBy(() -> cancellation.interruptibly(() -> {
            cancellation.<String, RuntimeException>interruptibly(() -> "inner");
            cancellation.cancel(Reason.CANCELED);
            Thread.sleep(60_000);
            return "";
        })).isInstanceOf(CanceledException.class);
    }

    @Test
    void aFailureOfItsOwnStaysWhatItIs() {
        assertThatThrownBy(() -> cancellation.interruptibly(() -> {
            throw new IOException("broken");
        })).isInstanceOf(IOException.class).hasMessage("broken");
    }
}
