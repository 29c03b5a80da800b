package dev.retouch.server.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.MDC;

import dev.retouch.server.exchange.Exchange;

/**
 * Assigns an id to each request, sets {@code x-request-id} of the response, and adds the id to log lines of the
 * request's thread.
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
        MDC.put(RequestIdConverter.KEY, id);
        try {
            return super.handle(request, response, callback);
        } finally {
            Exchange.endLogged();
        }
    }

    /** Returns the id of a request; assigns it at the first call. */
    static String idOf(Request request) {
        if (request.getAttribute(ATTRIBUTE) instanceof String id) {
            return id;
        }
        String id = RequestIds.next(Request.getTimeStamp(request));
        request.setAttribute(ATTRIBUTE, id);
        return id;
    }
}
