package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.Exchange;

/**
 * Writes the stream of events of one edit. A stream never just stops: if the upstream refuses, breaks off or sends no image, an
 * {@code error} event is the last one. Nothing follows the event that ends a stream.
 */
public final class EventRelay {

    private final InBandErrorWriter errors;
    private final Duration keepAlive;
    private final InstantSource clock;

    /**
     * Writes streams.
     *
     * @param errors writes error events
     * @param keepAlive the silence after which a comment is written; zero for never
     * @param clock the time of images that name none
     */
    public EventRelay(InBandErrorWriter errors, Duration keepAlive, InstantSource clock) {
        this.errors = errors;
        this.keepAlive = keepAlive;
        this.clock = clock;
    }

    /**
     * Writes everything. A client that disconnected ends it with an {@link IOException}.
     *
     * @param commit called before the last bytes of the last image are written
     */
    void relay(IncomingParts parts, ResponseContext context, OutputStream out, CommitPoint commit) throws IOException {
        ClientOutputStream client = new ClientOutputStream(out, context.ignoreDisconnect());
        Exchange exchange = context.exchange();
        try (KeepAliveOutputStream alive = new KeepAliveOutputStream(client, KeepAliveOutputStream.COMMENT, keepAlive,
                exchange.cancellation())) {
            Optional<RuntimeException> failure = written(parts, context, alive, commit);
            if (failure.isPresent()) {
                errors.write(failure.get(), exchange, alive);
            }
        } catch (CanceledException e) {
            parts.canceled(e, false);
            if (e.reason() == Cancellation.Reason.CLIENT_GONE) {
                throw new IOException("the client disconnected", e);
            }
            errors.write(e, exchange, client);
        } catch (IOException e) {
            if (client.isGone()) {
                parts.meter().abandoned(false, Cancellation.Reason.CLIENT_GONE.name());
            } else {
                parts.meter().failedHere("the response could not be stored");
            }
            throw e;
        }
    }

    /** Writes the images; what is returned is the failure that ends the stream. */
    private Optional<RuntimeException> written(IncomingParts parts, ResponseContext context, KeepAliveOutputStream out,
            CommitPoint commit) throws IOException {
        AnswerMeter meter = parts.meter();
        try {
            new SseAnswerWriter(context.requested(), out, meter, clock).write(parts, out, commit);
        } catch (UnreadableAnswerException e) {
            if (meter.hasDeliveredAll()) {
                meter.brokeOff(true);
                return Optional.empty();
            }
            ApiException failure = parts.brokeOff(e);
            meter.brokeOff(true);
            return Optional.of(failure);
        }
        if (meter.hasDeliveredAll() || (meter.hasDelivered() && meter.refusal().isEmpty())) {
            return Optional.empty();
        }
        if (meter.refusal().isPresent()) {
            return Optional.of(meter.hasDelivered() ? parts.failure() : parts.withoutImage());
        }
        ApiException failure = parts.brokeOff(null);
        meter.brokeOff(true);
        return Optional.of(failure);
    }
}
