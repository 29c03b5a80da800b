package dev.retouch.server.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.EditHours;
import dev.retouch.server.billing.HoldState;
import dev.retouch.server.contract.FiguresApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.Figures;
import dev.retouch.server.contract.model.FiguresHour;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.EditFigures;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.upstream.UpstreamState;

/**
 * Implements {@code /admin/v1/figures}: what this instance does at this moment, and the edits per hour of all instances; as a document and
 * as a bounded number of streams.
 */
public final class FiguresDelegate implements FiguresApiService {

    /** The request property with the end of the console session that opened a stream; absent if no session did. */
    public static final String SESSION_END = "dev.retouch.session-end";

    /** Streams that an instance has at once: a stream has a thread and a connection. */
    static final int MAX_STREAMS = 16;

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int KEEP_ALIVE_PERIODS = 10;
    private static final byte[] COMMENT = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Supplier<EditFigures> edits;
    private final Supplier<List<EditHours.Hour>> hours;
    private final Supplier<List<UpstreamState>> upstreams;
    private final BooleanSupplier accepting;
    private final Clock clock;
    private final JsonWriter json = new JsonWriter();
    private final Semaphore streams = new Semaphore(MAX_STREAMS);

    /**
     * Creates the delegate.
     *
     * @param edits returns the figures of edits of this instance
     * @param hours returns the edits per hour of all instances
     * @param upstreams returns the current state of each upstream
     * @param accepting whether the instance accepts edits; streams end when it does not
     */
    public FiguresDelegate(Supplier<EditFigures> edits, Supplier<List<EditHours.Hour>> hours,
            Supplier<List<UpstreamState>> upstreams, BooleanSupplier accepting, Clock clock) {
        this.edits = edits;
        this.hours = hours;
        this.upstreams = upstreams;
        this.accepting = accepting;
        this.clock = clock;
    }

    /** What is compared to know whether something has changed. */
    private record State(EditFigures edits, List<EditHours.Hour> hours, List<UpstreamState> upstreams) {}

    @Override
    public Response getFigures(ContainerRequestContext request) {
        return Response.ok(document(state())).build();
    }

    @Override
    public Response streamFigures(ContainerRequestContext request) {
        if (!streams.tryAcquire()) {
            throw new ApiException(ErrorMessage.CHANGE_IS_IN_CONFLICT).withArgument("reason", MAX_STREAMS
                    + " streams of figures are open, which is the maximum; close one, or use GET /admin/v1/figures");
        }
        Exchange exchange = Exchange.of(request);
        exchange.closeLater(streams::release);
        exchange.bodyIsRead(); // from now on a disconnect of the client ends the stream
        Instant end = request.getProperty(SESSION_END) instanceof Instant known ? known : null;
        State first = state(); // a failure can still become an error response
        StreamingOutput body = out -> write(out, exchange, first, end);
        return Response.ok(body).type(MediaType.SERVER_SENT_EVENTS_TYPE).header("cache-control", "no-cache")
                .header("x-accel-buffering", "no").build();
    }

    private void write(OutputStream out, Exchange exchange, State first, @Nullable Instant end) throws IOException {
        try {
            stream(out, exchange.cancellation(), first, end);
        } catch (CanceledException e) {
            if (e.reason() == Cancellation.Reason.CLIENT_GONE) {
                exchange.abort(e);
            }
        } catch (IOException e) {
            exchange.abort(e);
            throw e;
        }
    }

    private void stream(OutputStream out, Cancellation cancellation, State first, @Nullable Instant end)
            throws IOException {
        State last = null;
        State now = first;
        int silence = 0;
        while (true) {
            if (!now.equals(last)) {
                out.write(("event: figures\ndata: " + json.toJson(document(now)) + "\n\n")
                        .getBytes(StandardCharsets.UTF_8));
                out.flush();
                last = now;
                silence = 0;
            } else if (++silence >= KEEP_ALIVE_PERIODS) {
                out.write(COMMENT);
                out.flush();
                silence = 0;
            }
            if (!accepting.getAsBoolean() || (end != null && !clock.instant().isBefore(end))) {
                return;
            }
            cancellation.interruptibly(() -> {
                Thread.sleep(PERIOD);
                return PERIOD;
            });
            now = state();
        }
    }

    private State state() {
        return new State(edits.get(), hours.get(), upstreams.get());
    }

    private Figures document(State state) {
        EditFigures figures = state.edits();
        Figures document = new Figures().type(Figures.TypeEnum.FIGURES).at(clock.instant().getEpochSecond())
                .since(figures.since().getEpochSecond()).running(figures.running()).waiting(figures.waiting())
                .hours(state.hours().stream().map(FiguresDelegate::hour).toList())
                .upstreams(state.upstreams().stream().map(UpstreamsDelegate::document).toList());
        return figures.durations()
                .map(known -> document.p50Ms(known.median().toMillis()).p95Ms(known.p95().toMillis()))
                .orElse(document);
    }

    private static FiguresHour hour(EditHours.Hour hour) {
        return new FiguresHour().start(hour.start().getEpochSecond()).settled(hour.count(HoldState.SETTLED))
                .released(hour.count(HoldState.RELEASED)).undecided(hour.count(HoldState.UNDECIDED))
                .held(hour.count(HoldState.HELD));
    }
}
