package dev.retouch.server.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes HTTP/1.1 connections whose request line and headers take longer than the maximum time, because the idle timeout applies only
 * between two bytes. A connection on which no byte of a request has arrived keeps its idle timeout. The {@link Watchdog} checks all
 * connections, about once per second. HTTP/2 connections are not checked: Jetty receives their headers in whole frames.
 */
final class HeaderDeadlines implements Connection.Listener, Watchdog.Check {

    private static final Logger LOG = LoggerFactory.getLogger(HeaderDeadlines.class);
    /** Of so many checks one is made, because there may be many idle connections. */
    private static final int EVERY = 4;

    private final long maxNanos;
    private final Map<Connection, HeaderProgress> connections = new ConcurrentHashMap<>();
    private int skipped;

    /**
     * Deadlines of all connections.
     *
     * @param maxTime the longest time between the first byte of a request and the end of its headers
     */
    HeaderDeadlines(Duration maxTime) {
        this.maxNanos = maxTime.toNanos();
    }

    /** Wraps the handler chain, in order to know when headers are complete. */
    Handler around(Handler handler) {
        return new HeaderEndHandler(handler);
    }

    private final class HeaderEndHandler extends Handler.Wrapper {

        HeaderEndHandler(Handler handler) {
            super(handler);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            Connection connection = request.getConnectionMetaData().getConnection();
            HeaderProgress progress = connections.get(connection);
            if (progress != null) {
                long number = progress.headersComplete();
                Request.addCompletionListener(request,
                        failure -> progress.requestComplete(number, connection.getBytesIn()));
            }
            return super.handle(request, response, callback);
        }
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof ConnectionMetaData) {
            connections.put(connection, new HeaderProgress());
        }
    }

    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection);
    }

    @Override
    public boolean isUnfinished() {
        skipped = (skipped + 1) % EVERY;
        if (skipped == 0) {
            checkAll();
        }
        return true;
    }

    private void checkAll() {
        connections.forEach((connection, progress) -> {
            try {
                if (progress.takesLongerThan(maxNanos, connection.getBytesIn(), System.nanoTime())) {
                    LOG.info("headers took too long peer={}", connection.getEndPoint().getRemoteSocketAddress());
                    connection.getEndPoint().close();
                }
            } catch (RuntimeException e) {
                // a failed check must not stop the others
                LOG.warn("connection with slow headers not closed", e);
            }
        });
    }
}
