package dev.retouch.server.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import org.junit.jupiter.api.Test;

import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.EditFigures;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The ends of a stream of figures, which no test of a gateway waits for. */
class FiguresDelegateTest {

    private final ManualClock clock = ManualClock.atSomeTime();
    private final AtomicBoolean accepting = new AtomicBoolean(true);
    private final FiguresDelegate delegate = new FiguresDelegate(
            () -> new EditFigures(clock.instant(), 0, 0, Optional.empty()), List::of, List::of, accepting::get, clock);

    /** A request with an exchange, and with the end of a session if there is one. */
    private static ContainerRequestContext request(Exchange exchange, Optional<Instant> end) {
        Map<String, Object> properties = end.isPresent()
                ? Map.of(Exchange.PROPERTY, exchange, FiguresDelegate.SESSION_END, end.get())
                : Map.of(Exchange.PROPERTY, exchange);
        return (ContainerRequestContext) Proxy.newProxyInstance(FiguresDelegateTest.class.getClassLoader(),
                new Class<?>[]{ContainerRequestContext.class}, (_, method, arguments) -> {
                    if (!method.getName().equals("getProperty")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return properties.get(String.valueOf(arguments[0]));
                });
    }

    private static StreamingOutput body(Response response) {
        return (StreamingOutput) response.getEntity();
    }

    /** Runs an action each time something was written. */
    private static final class Written extends OutputStream {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Runnable action;

        Written(Runnable action) {
            this.action = action;
        }

        @Override
        public void write(int value) {
            bytes.write(value);
        }

        @Override
        public void flush() {
            action.run();
        }

        long events() {
            return bytes.toString(StandardCharsets.UTF_8).lines().filter("event: figures"::equals).count();
        }
    }

    @Test
    void endsWithTheSession() throws IOException {
        Exchange exchange = new Exchange("req_1", 0);
        Written out = new Written(() -> clock.advance(Duration.ofMinutes(10)));
        Instant end = clock.instant().plus(Duration.ofMinutes(25));
        body(delegate.streamFigures(request(exchange, Optional.of(end)))).write(out);
        assertThat(out.events()).isEqualTo(3);
        assertThat(exchange.failure()).isEmpty();
    }

    @Test
    void endsIfTheInstanceShutsDown() throws IOException {
        Exchange exchange = new Exchange("req_1", 0);
        Written out = new Written(() -> accepting.set(false));
        body(delegate.streamFigures(request(exchange, Optional.empty()))).write(out);
        assertThat(out.events()).isEqualTo(1);
        assertThat(exchange.failure()).isEmpty();
    }

    @Test
    void endsIfTheClientDisconnects() throws IOException {
        Exchange exchange = new Exchange("req_1", 0);
        Written out = new Written(() -> exchange.cancellation().cancel(Cancellation.Reason.CLIENT_GONE));
        body(delegate.streamFigures(request(exchange, Optional.empty()))).write(out);
        assertThat(exchange.failure()).isPresent();
    }

    @Test
    void refusesMoreStreamsThanAnInstanceHas() {
        Exchange first = new Exchange("req_1", 0);
        delegate.streamFigures(request(first, Optional.empty()));
        for (int i = 1; i < FiguresDelegate.MAX_STREAMS; i++) {
            delegate.streamFigures(request(new Exchange("req_1", 0), Optional.empty()));
        }
        ContainerRequestContext next = request(new Exchange("req_1", 0), Optional.empty());
        assertThatThrownBy(() -> delegate.streamFigures(next)).isInstanceOf(ApiException.class);
        first.close();
        assertThat(delegate.streamFigures(next).getStatus()).isEqualTo(200);
    }
}
