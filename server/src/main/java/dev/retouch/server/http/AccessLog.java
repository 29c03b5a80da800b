package dev.retouch.server.http;

import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.log.LogFields;

/**
 * Logs a line for each completed request. Contains the path without its query, because the query of a hosted image is
 * a credential, and of an API key only its id.
 */
final class AccessLog {

    private static final Logger LOG = LoggerFactory.getLogger("dev.retouch.access");
    /** Status of a disconnect, as in nginx. */
    private static final int CLIENT_GONE = 499;
    private static final String KEY = "dev.retouch.key-id";
    private static final String TRACE = "dev.retouch.trace-id";
    private static final String GONE = "dev.retouch.client-gone";
    private static final String WHOLE = "dev.retouch.whole-answer";
    /** A foreign request id is logged only if it can neither break nor flood the line. */
    private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    private AccessLog() {}

    /** Notes the key id of a request. */
    static void rememberKey(Request request, String id) {
        request.setAttribute(KEY, id);
    }

    /** Notes the trace id of a request. */
    static void rememberTrace(Request request, String id) {
        request.setAttribute(TRACE, id);
    }

    /** Notes that the client disconnected before the response was complete. */
    static void rememberGone(Request request) {
        request.setAttribute(GONE, true);
    }

    /** Notes that the whole response was sent: a later failure, such as an unread body, is not logged. */
    static void rememberWhole(Request request) {
        request.setAttribute(WHOLE, true);
    }

    /** Whether the access log is enabled. */
    static boolean isOn() {
        return LOG.isInfoEnabled();
    }

    /** Logs the line of a request. */
    static void write(Request request, Response response, @Nullable Throwable failure) {
        boolean broken = failure != null && request.getAttribute(WHOLE) == null;
        boolean gone = request.getAttribute(GONE) != null || (broken && failure instanceof EofException);
        LogFields line = new LogFields().add("method", request.getMethod())
                .add("path", request.getHttpURI().getCanonicalPath())
                .add("status", gone ? CLIENT_GONE : response.getStatus())
                .add("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - request.getBeginNanoTime()))
                .add("in", Request.getContentBytesRead(request)).add("out", Response.getContentBytesWritten(response))
                .add("key", request.getAttribute(KEY))
                .add("protocol", request.getConnectionMetaData().getHttpVersion().asString())
                .add("request", RequestIdHandler.idOf(request)).add("trace-id", request.getAttribute(TRACE));
        String theirs = request.getHeaders().get("x-request-id");
        if (theirs != null && SANE_ID.matcher(theirs).matches()) {
            line.add("client-request", theirs);
        }
        if (broken && failure != null) {
            line.add("broken", failure.getClass().getSimpleName());
        }
        LOG.info("{}", line);
    }
}
