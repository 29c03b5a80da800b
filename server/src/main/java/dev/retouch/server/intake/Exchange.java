package dev.retouch.server.intake;

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

import dev.retouch.server.admission.ServerRoom;

/**
 * One request from its first byte to the last of its answer: its id, when it began, and what must be given back when it
 * is over, however it ends. The front door makes it and closes it.
 */
public final class Exchange implements AutoCloseable {

    /** Under which a thread's lines in the log tell the id of the request that it works for. */
    public static final String LOG_KEY = "request";

    /** The request property that holds it. */
    public static final String PROPERTY = "dev.retouch.exchange";

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final String id;
    private final long startNanos;
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final Map<String, InlineImage> inlineImages = new LinkedHashMap<>();
    private ServerRoom.@Nullable Room growing;
    private final Map<String, String> unknownParameters = new LinkedHashMap<>();
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private final Cancellation cancellation = new Cancellation();
    private @Nullable Throwable broken;
    private Runnable onBodyRead = () -> {};

    /** Begins an exchange. */
    public Exchange(String id, long startNanos) {
        this.id = id;
        this.startNanos = startNanos;
    }

    /** The exchange of a request. */
    public static Exchange of(ContainerRequestContext request) {
        if (request.getProperty(PROPERTY) instanceof Exchange exchange) {
            return exchange;
        }
        throw new IllegalStateException("a request without an exchange");
    }

    /** The request's id, as clients see it in {@code x-request-id}. */
    public String id() {
        return id;
    }

    /** Has the lines that this thread logs tell the id, until the result is closed. */
    public MDC.MDCCloseable logged() {
        return MDC.putCloseable(LOG_KEY, id);
    }

    /** When it began, on the clock of {@link System#nanoTime()}. */
    public long startNanos() {
        return startNanos;
    }

    /**
     * Gives its room on this server back when the exchange is over.
     *
     * @param grows whether the body did not say how long it is, so that room is taken while it comes
     */
    public void occupy(ServerRoom.Room room, boolean grows) {
        closeLater(room);
        growing = grows ? room : null;
    }

    /** Takes room for bytes that nobody announced, before they are read. */
    void grow(long bytes) {
        if (growing != null) {
            growing.grow(bytes);
        }
    }

    /** Ends the exchange before its time, and says whether that has happened. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** Has this called when the body is read, from when on nothing but the end of the client can come from its connection. */
    public void onBodyRead(Runnable action) {
        onBodyRead = action;
    }

    /** Says that the body is read. */
    void bodyIsRead() {
        onBodyRead.run();
    }

    /**
     * An exchange that takes everything over, so that the edit can go on without the request that asked for it. Nothing is given
     * back when this one closes; that the client of this one goes away does not end it.
     */
    public Exchange handOver() {
        Exchange heir = new Exchange(id, startNanos);
        synchronized (resources) {
            heir.resources.addAll(resources);
            resources.clear();
        }
        heir.inlineImages.putAll(inlineImages);
        heir.unknownParameters.putAll(unknownParameters);
        return heir;
    }

    /** Says that the answer stopped half-way: nobody may take it for a whole one. */
    public void breakOff(Throwable cause) {
        broken = cause;
    }

    /** Why the answer stopped half-way, if it did. */
    public Optional<Throwable> broken() {
        return Optional.ofNullable(broken);
    }

    /** Tells the client this after the answer, where it was announced in the header {@code trailer}. */
    public void tellAtTheEnd(Map<String, String> more) {
        trailers.putAll(more);
    }

    /** What the client is told after the answer. */
    public Map<String, String> trailers() {
        return Collections.unmodifiableMap(trailers);
    }

    /** Has a resource closed when the exchange is over. */
    public <T extends AutoCloseable> T closeLater(T resource) {
        synchronized (resources) {
            resources.push(resource);
        }
        return resource;
    }

    /** Keeps an image that was taken out of a JSON body, under the word that stands in its place. */
    void put(String placeholder, InlineImage image) {
        inlineImages.put(placeholder, image);
    }

    /** The image that a word in a JSON body stands for. */
    public Optional<InlineImage> inlineImage(String placeholder) {
        return Optional.ofNullable(inlineImages.get(placeholder));
    }

    /** Keeps a parameter of a JSON body that the contract does not know. */
    void putUnknown(String name, String value) {
        unknownParameters.put(name, value);
    }

    /** The parameters of a JSON body that the contract does not know, as text. */
    public Map<String, String> unknownParameters() {
        return Collections.unmodifiableMap(unknownParameters);
    }

    @Override
    public void close() {
        for (AutoCloseable resource = next(); resource != null; resource = next()) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("could not give back {} request={}", resource.getClass().getSimpleName(), id, e);
            }
        }
    }

    private @Nullable AutoCloseable next() {
        synchronized (resources) {
            return resources.poll();
        }
    }
}
