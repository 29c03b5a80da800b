package dev.retouch.server.exchange;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import jakarta.ws.rs.container.ContainerRequestContext;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import dev.retouch.server.admission.ServerCapacity;
import dev.retouch.server.bytes.BufferSink;
import dev.retouch.server.image.InlineImage;

/**
 * One request and its response: the id, the start time and the resources that both own. {@code http} creates it and
 * closes it. Closing it closes the resources in reverse order.
 */
public final class Exchange implements AutoCloseable {

    /** The MDC key under which log lines contain the request id. */
    public static final String LOG_KEY = "request";

    /** The MDC key under which log lines contain the trace id. */
    private static final String LOG_TRACE = "trace-id";

    /** The MDC key under which log lines contain the id of the request's span. */
    private static final String LOG_SPAN = "span-id";

    /** The request property that contains the exchange. */
    public static final String PROPERTY = "dev.retouch.exchange";

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final String id;
    private final long startNanos;
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    /** Guarded by the resources. */
    private boolean closed;
    private final Map<String, InlineImage> inlineImages = new LinkedHashMap<>();
    private ServerCapacity.@Nullable Reservation capacity;
    private final Map<String, String> unknownParameters = new LinkedHashMap<>();
    private final Map<String, String> largeIntegers = new LinkedHashMap<>();
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private final Cancellation cancellation = new Cancellation();
    private @Nullable Throwable broken;
    private volatile boolean abandoned;
    private Runnable onBodyRead = () -> {};
    private boolean takesTrailers;
    private Duration imageRetention = Duration.ZERO;
    private @Nullable DurableEdit durable;
    private @Nullable BufferSink connection;
    private EditRecord record;

    /**
     * Starts an exchange.
     *
     * @param id the request id
     * @param startNanos the start time on the clock of {@link System#nanoTime()}
     */
    public Exchange(String id, long startNanos) {
        this.id = id;
        this.startNanos = startNanos;
        this.record = new EditRecord(id, startNanos, EditObserver.NONE);
    }

    /**
     * Begins the record of the edit that this exchange runs. It ends when the exchange has released its other resources. Log lines of this
     * thread contain its trace from now on.
     *
     * @param origin the request that started the edit
     */
    public EditRecord observe(EditObserver observer, EditOrigin origin) {
        record = closeLater(new EditRecord(id, startNanos, observer, origin));
        logTrace();
        return record;
    }

    /** The record of the edit. Has no observer if the exchange runs none. */
    public EditRecord record() {
        return record;
    }

    /** The exchange of a JAX-RS request. */
    public static Exchange of(ContainerRequestContext request) {
        if (request.getProperty(PROPERTY) instanceof Exchange exchange) {
            return exchange;
        }
        throw new IllegalStateException("a request without an exchange");
    }

    /** The request id, sent to the client as {@code x-request-id}. */
    public String id() {
        return id;
    }

    /** Adds the request id and the trace to the log lines of this thread until the result is closed. */
    public LogContext logged() {
        MDC.put(LOG_KEY, id);
        logTrace();
        return Exchange::endLogged;
    }

    /** What the log lines of a thread contain. Closing it ends that. */
    public interface LogContext extends AutoCloseable {

        @Override
        void close();
    }

    /** Removes the request id and the trace from the log lines of this thread. */
    public static void endLogged() {
        MDC.remove(LOG_KEY);
        MDC.remove(LOG_TRACE);
        MDC.remove(LOG_SPAN);
    }

    private void logTrace() {
        record.trace().traceId().ifPresent(trace -> MDC.put(LOG_TRACE, trace));
        record.trace().spanId().ifPresent(span -> MDC.put(LOG_SPAN, span));
    }

    /** The start time on the clock of {@link System#nanoTime()}. */
    public long startNanos() {
        return startNanos;
    }

    /** Attaches a reservation of server capacity, which is released when the exchange is closed. */
    public void attachReservation(ServerCapacity.Reservation reservation) {
        capacity = closeLater(reservation);
    }

    /** Extends the reservation for bytes of the body. */
    public void grow(long bytes) {
        if (capacity != null) {
            capacity.grow(bytes);
        }
    }

    /** Releases the server capacity of the body, because the upstream has it: the response may take long. */
    public void releaseBody() {
        if (capacity != null) {
            capacity.releaseBytes();
        }
    }

    /** The cancellation of this exchange. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /**
     * Sets an action that is called when the body has been read. From then on the connection can only signal a
     * disconnect.
     */
    public void onBodyRead(Runnable action) {
        onBodyRead = action;
    }

    /** Signals that the body has been read. */
    public void bodyIsRead() {
        onBodyRead.run();
    }

    /**
     * Moves all resources to a new exchange, so that the edit continues without the request that started it. Closing
     * this exchange then releases nothing. A disconnect of its client does not cancel the new exchange.
     */
    public Exchange detach() {
        Exchange heir = new Exchange(id, startNanos);
        synchronized (resources) {
            heir.resources.addAll(resources);
            resources.clear();
        }
        heir.record = record;
        heir.inlineImages.putAll(inlineImages);
        heir.unknownParameters.putAll(unknownParameters);
        heir.capacity = capacity;
        heir.takesTrailers = takesTrailers;
        heir.imageRetention = imageRetention;
        return heir;
    }

    /** Says that the client reads trailers, because its request has {@code TE: trailers}. */
    public void allowTrailers() {
        takesTrailers = true;
    }

    /** Whether the client reads trailers; to others none are sent, because some cannot parse them. */
    public boolean takesTrailers() {
        return takesTrailers;
    }

    /** Has hosted images kept for longer than their links work, because a stored response or a task names them. */
    public void retainImages(Duration retention) {
        imageRetention = retention;
    }

    /** How much longer than its link a hosted image is kept. */
    public Duration imageRetention() {
        return imageRetention;
    }

    /** Runs the edit for a row that outlives the request. */
    public void runFor(DurableEdit row) {
        durable = row;
    }

    /** The row for which the edit runs; empty if it ends with its request. */
    public Optional<DurableEdit> durable() {
        return Optional.ofNullable(durable);
    }

    /** Sets where buffers of the response body go. The headers have been written before. */
    public void connect(BufferSink body) {
        connection = body;
    }

    /** Where buffers of the response body go; empty as long as its headers are not written. */
    public Optional<BufferSink> connection() {
        return Optional.ofNullable(connection);
    }

    /** Records that the response ended incomplete, so that the client must not receive a regular end. */
    public void abort(Throwable cause) {
        broken = cause;
        record.failed(cause);
    }

    /** Marks the exchange as abandoned by its client: it ends without a response. */
    public void abandon() {
        abandoned = true;
    }

    /** Whether the exchange ends without a response. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** Why the response ended incomplete; empty if it did not. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(broken);
    }

    /** Adds trailers to the response. They must have been announced in the header {@code trailer}. */
    public void addTrailers(Map<String, String> more) {
        trailers.putAll(more);
    }

    /** The trailers of the response. */
    public Map<String, String> trailers() {
        return Collections.unmodifiableMap(trailers);
    }

    /** Closes a resource when the exchange is closed; at once if it is closed, because a thread may outlive a canceled edit. */
    public <T extends AutoCloseable> T closeLater(T resource) {
        boolean late;
        synchronized (resources) {
            late = closed;
            if (!late) {
                resources.push(resource);
            }
        }
        if (late) {
            release(resource);
        }
        return resource;
    }

    /** Stores an image extracted from a JSON body, under the placeholder that replaces it in the body. */
    public void put(String placeholder, InlineImage image) {
        inlineImages.put(placeholder, image);
    }

    /** The image for a placeholder in a JSON body. */
    public Optional<InlineImage> inlineImage(String placeholder) {
        return Optional.ofNullable(inlineImages.get(placeholder));
    }

    /** Keeps the digits of a parameter of a JSON body that exceeds the range of an {@code int}. */
    public void putLargeInteger(String name, String digits) {
        largeIntegers.put(name, digits);
    }

    /** The digits of a parameter of a JSON body that exceeds the range of an {@code int}; empty for all others. */
    public Optional<String> largeInteger(String name) {
        return Optional.ofNullable(largeIntegers.get(name));
    }

    /** Stores a parameter of a JSON body that the contract does not define. */
    public void putUnknown(String name, String value) {
        unknownParameters.put(name, value);
    }

    /** The parameters of a JSON body that the contract does not define, as text. */
    public Map<String, String> unknownParameters() {
        return Collections.unmodifiableMap(unknownParameters);
    }

    @Override
    public void close() {
        for (AutoCloseable resource = next(); resource != null; resource = next()) {
            release(resource);
        }
    }

    private void release(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.warn("resource not released resource={} request={}", resource.getClass().getSimpleName(), id, e);
        }
    }

    private @Nullable AutoCloseable next() {
        synchronized (resources) {
            AutoCloseable resource = resources.poll();
            closed |= resource == null;
            return resource;
        }
    }
}
