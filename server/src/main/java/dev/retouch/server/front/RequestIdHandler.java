package dev.retouch.server.front;

import java.util.UUID;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.MDC;

/**
 * Gives every request an id, every answer the header that tells it, and every line that is logged on the request's thread the
 * word that names it.
 */
final class RequestIdHandler extends Handler.Wrapper {

    private static final String ATTRIBUTE = "dev.retouch.request-id";

    RequestIdHandler(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String id = idOf(request);
        response.getHeaders().put("x-request-id", id);
        if (AccessLog.isOn()) {
            Request.addCompletionListener(request, failure -> AccessLog.write(request, response, failure));
        }
        MDC.put(RequestIdWord.KEY, id);
        try {
            return super.handle(request, response, callback);
        } finally {
            MDC.remove(RequestIdWord.KEY);
        }
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
