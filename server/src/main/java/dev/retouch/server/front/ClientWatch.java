package dev.retouch.server.front;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after all clients that wait for an answer: one thread asks each connection a few times per second. */
final class ClientWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final Set<WaitingClient> clients = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService ticker = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("client-watch").factory());

    /** Begins to look. */
    void start() {
        ScheduledFuture<?> looks = ticker.scheduleWithFixedDelay(this::lookAtAll, PERIOD.toMillis(), PERIOD.toMillis(),
                TimeUnit.MILLISECONDS);
        LOG.debug("client watch begins first-in-ms={}", looks.getDelay(TimeUnit.MILLISECONDS));
    }

    void add(WaitingClient client) {
        clients.add(client);
    }

    void remove(WaitingClient client) {
        clients.remove(client);
    }

    private void lookAtAll() {
        clients.removeIf(client -> !look(client));
    }

    private static boolean look(WaitingClient client) {
        try {
            return client.look();
        } catch (RuntimeException e) {
            // one strange connection must not keep the others from being looked at
            LOG.warn("cannot look after a client", e);
            return false;
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
