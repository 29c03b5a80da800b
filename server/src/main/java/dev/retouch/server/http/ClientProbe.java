package dev.retouch.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.Cancellation.Reason;

/**
 * Detects a disconnect of the client while its request is processed, from the end of the body to the end of the
 * response. Jetty reads an HTTP/2 connection all the time and reports resets. It does not read an HTTP/1.1 connection
 * in that time, so this class reads it without blocking. If bytes of the next request arrive, they are put back for
 * the connection, and the probe ends.
 *
 * <p>
 * A client that closes only its sending direction counts as disconnected, as in nginx: the two cases cannot be
 * distinguished.
 */
final class ClientProbe implements Watchdog.Check, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientProbe.class);

    private final Request request;
    private final UnreadBodyDrainer unread;
    private final Cancellation cancellation;
    private final Watchdog watchdog;
    private boolean over;
    private volatile boolean gone;

    ClientProbe(Request request, UnreadBodyDrainer unread, Cancellation cancellation, Watchdog watchdog) {
        this.request = request;
        this.unread = unread;
        this.cancellation = cancellation;
        this.watchdog = watchdog;
        if (isHttp2(request)) {
            request.addFailureListener(failure -> gone());
        }
    }

    static boolean isHttp2(Request request) {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
    }

    /** Starts after the body was read: only the end of the connection or the next request can follow. */
    void begin() {
        if (!isHttp2(request)) {
            watchdog.add(this);
        }
    }

    @Override
    public synchronized boolean isUnfinished() {
        if (over) {
            return false;
        }
        if (!unread.isOver()) {
            return true;
        }
        if (unread.isBroken() || !isConnected()) {
            gone();
            over = true;
        }
        return !over;
    }

    private boolean isConnected() {
        Connection connection = request.getConnectionMetaData().getConnection();
        if (!(connection instanceof Connection.UpgradeFrom from && connection instanceof Connection.UpgradeTo to)) {
            over = true;
            return true;
        }
        ByteBuffer next = from.onUpgradeFrom();
        if (next == null) {
            next = BufferUtil.allocate(1);
            try {
                if (connection.getEndPoint().fill(next) < 0) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        if (next.hasRemaining()) {
            to.onUpgradeTo(next);
            over = true;
        }
        return true;
    }

    /** Whether a disconnect was detected. */
    boolean isGone() {
        return gone;
    }

    private void gone() {
        gone = true;
        LOG.info("client disconnected request={}", RequestIdHandler.idOf(request));
        cancellation.cancel(Reason.CLIENT_GONE);
    }

    /** Ends the probe. Afterwards no thread of it reads the connection. */
    @Override
    public void close() {
        watchdog.remove(this);
        synchronized (this) {
            over = true;
        }
    }
}
