package dev.retouch.server.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

import dev.retouch.server.exchange.EditTrace;

/** The response header {@code x-trace-id}: the trace that the gateway records of an edit. A client's own trace is not repeated. */
final class TraceIdHeader {

    private static final String NAME = "x-trace-id";
    private static final String ATTRIBUTE = TraceIdHeader.class.getName();

    private TraceIdHeader() {}

    /** Sets the header of the response, and of an error response that may replace it. */
    static void set(Request request, Response response, EditTrace trace) {
        if (trace.spanId().isPresent()) {
            trace.traceId().ifPresent(id -> {
                request.setAttribute(ATTRIBUTE, id);
                set(request, response);
            });
        }
    }

    /** Sets the header if the trace of the request is known. */
    static void set(Request request, Response response) {
        if (request.getAttribute(ATTRIBUTE) instanceof String id) {
            response.getHeaders().put(NAME, id);
        }
    }
}
