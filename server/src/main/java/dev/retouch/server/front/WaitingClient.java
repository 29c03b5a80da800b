package dev.retouch.server.front;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.intake.Cancellation;
import dev.retouch.server.intake.Cancellation.Reason;

/**
 * A client whose request is being worked on, from when its body is read until its answer is out. An HTTP/2 connection is read all
 * the time and says by itself when a stream was reset or the connection is gone. Nobody reads an HTTP/1.1 connection in that
 * time, so this does, without waiting. What comes and is not the end is the beginning of the next request; it goes back to where
 * the connection looks for it, and the client is left alone from then on.
 *
 * <p>A client that closes only its own direction counts as gone, as it does to nginx: it cannot be told from one that closed both.
 */
final class WaitingClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingClient.class);

    private final Request request;
    private final UnreadBody unread;
    private final Cancellation cancellation;
    private final ClientWatch watch;
    private boolean over;
    private volatile boolean gone;

    WaitingClient(Request request, UnreadBody unread, Cancellation cancellation, ClientWatch watch) {
        this.request = request;
        this.unread = unread;
        this.cancellation = cancellation;
        this.watch = watch;
        if (isHttp2(request)) {
            request.addFailureListener(failure -> gone());
        }
    }

    static boolean isHttp2(Request request) {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
    }

    /** The body is read: from now on only the end of the client, or its next request, can come. */
    void begin() {
        if (!isHttp2(request)) {
            watch.add(this);
        }
    }

    /** Looks once, and says whether to look again. */
    synchronized boolean look() {
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

    /** Whether it was noticed that the client went away. */
    boolean isGone() {
        return gone;
    }

    private void gone() {
        gone = true;
        LOG.info("client went away request={}", RequestIdHandler.idOf(request));
        cancellation.cancel(Reason.CLIENT_GONE);
    }

    /** Ends the watch; when this returns nobody reads the connection any more. */
    @Override
    public void close() {
        watch.remove(this);
        synchronized (this) {
            over = true;
        }
    }
}
