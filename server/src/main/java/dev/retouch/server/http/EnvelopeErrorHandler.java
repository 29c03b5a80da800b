package dev.retouch.server.http;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.api.ErrorMapper;
import dev.retouch.server.api.ErrorMapper.ErrorAnswer;
import dev.retouch.server.api.ErrorMapper.RequestLine;
import dev.retouch.server.error.ApiException;

/** Renders errors that Jetty finds itself as error envelopes, never as HTML pages or stack traces. */
final class EnvelopeErrorHandler extends ErrorHandler {

    private final ErrorMapper envelopes;

    EnvelopeErrorHandler(ErrorMapper envelopes) {
        this.envelopes = envelopes;
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected boolean generateAcceptableResponse(Request request, Response response, Callback callback,
            String contentType, List<Charset> charsets, int code, @Nullable String message,
            @Nullable Throwable cause) {
        if (cause instanceof EofException) {
            callback.failed(cause); // the client disconnected, so no error can be sent and none has to be logged
            return true;
        }
        ErrorAnswer answer = answer(request, response, code, cause);
        response.setStatus(answer.status());
        response.getHeaders().put("x-request-id", RequestIdHandler.idOf(request));
        TraceIdHeader.set(request, response);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        response.write(true, StandardCharsets.UTF_8.encode(answer.body()), callback);
        return true;
    }

    @Override
    protected void generateResponse(Request request, Response response, int code, @Nullable String message,
            @Nullable Throwable cause, Callback callback) {
        generateAcceptableResponse(request, response, callback, "application/json", List.of(StandardCharsets.UTF_8),
                code,
                message, cause);
    }

    private ErrorAnswer answer(Request request, Response response, int code, @Nullable Throwable cause) {
        RequestLine about = new RequestLine(RequestIdHandler.idOf(request), request.getMethod(),
                request.getHttpURI() == null ? "" : request.getHttpURI().getPath(), "");
        if (cause instanceof ApiException) {
            return envelopes.answer(cause, about); // from a handler of this package
        }
        if (code == HttpStatus.NOT_FOUND_404) {
            return envelopes.answer(new NotFoundException(), about);
        }
        if (code == HttpStatus.METHOD_NOT_ALLOWED_405) {
            String allowed = response.getHeaders().get(HttpHeader.ALLOW);
            return envelopes.answer(new NotAllowedException(allowed == null ? "GET" : allowed), about);
        }
        if (code == HttpStatus.SERVICE_UNAVAILABLE_503) {
            return envelopes.stopping(about.requestId());
        }
        if (code >= HttpStatus.INTERNAL_SERVER_ERROR_500 && code != HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505) {
            return envelopes.answer(cause == null ? new IllegalStateException("Jetty answered " + code) : cause, about);
        }
        return envelopes.unreadable(code, HttpStatus.getMessage(code).toLowerCase(Locale.ROOT), about.requestId());
    }
}
