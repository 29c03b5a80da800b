package dev.retouch.server.front;

import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request that is over. It has the path without its query, because the query of a hosted image is its
 * permission, and of the key only its id.
 */
final class AccessLog {

    private static final Logger LOG = LoggerFactory.getLogger("dev.retouch.access");
    /** What nginx writes for a client that did not wait for its answer. */
    private static final int CLIENT_GONE = 499;
    private static final String KEY = "dev.retouch.key-id";
    private static final String GONE = "dev.retouch.client-gone";
    private static final String WHOLE = "dev.retouch.whole-answer";
    /** Another id than ours is only repeated where it can neither break the line nor fill it. */
    private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    private AccessLog() {}

    /** Keeps which key a request came with. */
    static void rememberKey(Request request, String id) {
        request.setAttribute(KEY, id);
    }

    /** Keeps that nobody waited for the answer. */
    static void rememberGone(Request request) {
        request.setAttribute(GONE, true);
    }

    /** Keeps that the whole answer went out: what fails after it, such as a body that nobody wanted, is no news. */
    static void rememberWhole(Request request) {
        request.setAttribute(WHOLE, true);
    }

    /** Whether anybody reads it. */
    static boolean isOn() {
        return LOG.isInfoEnabled();
    }

    /** Writes the line. */
    static void write(Request request, Response response, @Nullable Throwable failure) {
        boolean broken = failure != null && request.getAttribute(WHOLE) == null;
        boolean gone = request.getAttribute(GONE) != null || (broken && failure instanceof EofException);
        StringBuilder line = new StringBuilder(200);
        add(line, "method", request.getMethod());
        add(line, "path", request.getHttpURI().getCanonicalPath());
        add(line, "status", gone ? CLIENT_GONE : response.getStatus());
        add(line, "ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - request.getBeginNanoTime()));
        add(line, "in", Request.getContentBytesRead(request));
        add(line, "out", Response.getContentBytesWritten(response));
        if (request.getAttribute(KEY) instanceof String key) {
            add(line, "key", key);
        }
        add(line, "protocol", request.getConnectionMetaData().getHttpVersion().asString());
        add(line, "request", RequestIdHandler.idOf(request));
        String theirs = request.getHeaders().get("x-request-id");
        if (theirs != null && SANE_ID.matcher(theirs).matches()) {
            add(line, "client-request", theirs);
        }
        if (broken && failure != null) {
            add(line, "broken", failure.getClass().getSimpleName());
        }
        LOG.info("{}", line);
    }

    private static void add(StringBuilder line, String name, @Nullable Object value) {
        line.append(line.isEmpty() ? "" : " ").append(name).append('=').append(value);
    }
}
