package dev.retouch.server.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps room for new connections. If their number comes near the limit, closes those that have waited longest for their client: to send a
 * request, the rest of its headers or of a body that was refused, or to read a page. So strangers who open connections and do
 * nothing do not lock out others. A connection on which the gateway processes a request is never closed.
 *
 * <p>
 * The client address with the most waiting connections loses its own, so a client that opens few connections keeps them. Behind
 * a proxy all clients have one address, and the longest wait alone decides.
 */
final class ConnectionLimit implements Watchdog.Check {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimit.class);
    /** The last eighth of the limit is for new connections: half of it for bursts, the other half may wait even if all others are busy. */
    private static final int PARTS = 16;

    /** A line is written after so many checks of the watchdog, about once per second. */
    private static final int LOG_EVERY = 4;

    private static final Duration MIN_WAIT = Duration.ofSeconds(1);

    private final WaitingConnections<EndPoint> connections;
    private final AtomicLong closed = new AtomicLong();
    private long logged;
    private int checks;

    /**
     * No connection yet.
     *
     * @param max the limit at which the server stops accepting connections
     */
    ConnectionLimit(int max) {
        int part = Math.max(1, max / PARTS);
        this.connections = new WaitingConnections<>(Math.max(1, max - 2 * part), part, MIN_WAIT);
    }

    private static Object address(EndPoint connection) {
        SocketAddress remote = connection.getRemoteSocketAddress();
        return remote instanceof InetSocketAddress internet ? internet.getAddress() : Objects.toString(remote);
    }

    /** Wraps the handler chain, in order to know on which connections requests are processed. */
    Handler around(Handler handler) {
        return new RequestHandler(handler);
    }

    /** Returns the number of open connections. */
    int count() {
        return connections.count();
    }

    /** Returns how many connections were closed in order to stay below the limit. */
    long closedCount() {
        return closed.get();
    }

    private final class RequestHandler extends Handler.Wrapper {

        RequestHandler(Handler handler) {
            super(handler);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            EndPoint connection = network(request.getConnectionMetaData().getConnection());
            if (!connections.begin(connection)) {
                callback.failed(new EofException("the connection was closed"));
                return true;
            }
            try {
                return super.handle(request, response, callback);
            } finally {
                connections.end(connection);
            }
        }
    }

    /** Returns the connection of the network, without TLS. */
    private static EndPoint network(Connection connection) {
        EndPoint endPoint = connection.getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        return endPoint;
    }

    /** A client has connected. */
    void opened(EndPoint connection) {
        connections.opened(connection, address(connection));
        closeExcess();
    }

    void closed(EndPoint connection) {
        connections.closed(connection);
    }

    @Override
    public boolean isUnfinished() {
        closeExcess();
        long total = closed.get();
        checks = (checks + 1) % LOG_EVERY;
        if (checks == 0 && total > logged) {
            LOG.info("waiting connections closed count={} open={}", total - logged, connections.count());
            logged = total;
        }
        return true;
    }

    private void closeExcess() {
        Optional<EndPoint> excess = connections.removeExcess(ConnectionLimit::waitsForClient);
        while (excess.isPresent()) {
            closed.incrementAndGet();
            excess.get().close();
            excess = connections.removeExcess(ConnectionLimit::waitsForClient);
        }
    }

    /** Whether the gateway waits for the client, and not the client for the gateway: received bytes may wait for a processor. */
    private static boolean waitsForClient(EndPoint connection) {
        return connection.isFillInterested()
                || (connection instanceof AbstractEndPoint written && written.getWriteFlusher().isPending());
    }
}
