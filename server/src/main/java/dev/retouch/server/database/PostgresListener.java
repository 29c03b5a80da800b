package dev.retouch.server.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the notifications of a channel on a separate connection, which is replaced if it breaks. Notifications sent meanwhile are
 * lost, so the receiver must also look from time to time.
 */
final class PostgresListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresListener.class);
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final PostgresServer server;
    private final String channel;
    private final Consumer<String> receiver;
    private final Thread thread;
    private volatile @Nullable Connection connection;
    private final CountDownLatch listening = new CountDownLatch(1);
    private volatile boolean closing;

    /**
     * Begins to listen.
     *
     * @param channel a name of letters and underscores
     * @param receiver called with the payload of each notification, on the listener's thread
     */
    PostgresListener(PostgresServer server, String channel, Consumer<String> receiver) {
        this.server = server;
        this.channel = channel;
        this.receiver = receiver;
        thread = Thread.ofPlatform().daemon().name("database-listener-" + channel).start(this::run);
    }

    /** Waits until notifications arrive, but not long: without them, the receiver polls. */
    void awaitListening() {
        try {
            if (!listening.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("notifications not yet available channel={}", channel);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closing) {
            try (Connection open = server.open(SOCKET_TIMEOUT)) {
                connection = open;
                listen(open);
            } catch (SQLException e) {
                if (!closing) {
                    LOG.debug("notifications interrupted channel={}", channel, e);
                    LockSupport.parkNanos(this, PAUSE.toNanos());
                }
            }
        }
    }

    private void listen(Connection open) throws SQLException {
        try (Statement statement = open.createStatement()) {
            statement.execute("LISTEN " + channel);
        }
        listening.countDown();
        PGConnection driver = open.unwrap(PGConnection.class);
        while (!closing) {
            PGNotification[] received = driver.getNotifications(Math.toIntExact(WAIT.toMillis()));
            if (received == null) {
                continue;
            }
            if (received.length == 0) {
                checkAlive(open);
            }
            for (PGNotification notification : received) {
                receive(notification.getParameter());
            }
        }
    }

    /** Nothing arrives on a connection whose other end has gone without a notice. */
    private static void checkAlive(Connection open) throws SQLException {
        try (Statement statement = open.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    private void receive(String payload) {
        try {
            receiver.accept(payload);
        } catch (RuntimeException e) { // the thread must survive any receiver
            LOG.error("notification not processed channel={}", channel, e);
        }
    }

    @Override
    public void close() {
        closing = true;
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("listener could not be closed channel={}", channel, e);
            }
        }
        LockSupport.unpark(thread);
    }
}
