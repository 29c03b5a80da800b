package dev.retouch.server.front;

import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every request an id and every answer the header that tells it, and logs one line when it is over. The line has
 * the path without its query, because the query of a hosted image is its permission.
 */
final class RequestIdHandler extends Handler.Wrapper {

    private static final Logger LOG = LoggerFactory.getLogger("dev.retouch.access");
    private static final String ATTRIBUTE = "dev.retouch.request-id";

    RequestIdHandler(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String id = idOf(request);
        response.getHeaders().put("x-request-id", id);
        if (LOG.isInfoEnabled()) {
            Request.addCompletionListener(request, failure -> LOG.info("method={} path={} status={} ms={} request={}{}",
                    request.getMethod(), request.getHttpURI().getCanonicalPath(), response.getStatus(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - request.getBeginNanoTime()), id,
                    failure == null ? "" : " broken=" + failure.getClass().getSimpleName()));
        }
        return super.handle(request, response, callback);
    }

    /** The id of a request, made now if it has none yet. */
    static String idOf(Request request) {
        if (request.getAttribute(ATTRIBUTE) instanceof String id) {
            return id;
        }
        String id = "req_" + UUID.randomUUID().toString().replace("-", "");
        request.setAttribute(ATTRIBUTE, id);
        return id;
    }
}
