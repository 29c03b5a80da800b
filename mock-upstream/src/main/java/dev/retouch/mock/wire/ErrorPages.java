package dev.retouch.mock.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

import dev.retouch.mock.error.ApiErrorException;

/** Writes errors of Jetty, such as a malformed request line, in the same envelope instead of HTML. */
public final class ErrorPages extends ErrorHandler {

    private final Envelope envelope = new Envelope();

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ByteBuffer body = body(response.getStatus());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, body, callback);
        return true;
    }

    private ByteBuffer body(int status) {
        String type = status >= 500 ? "server_error" : "invalid_request_error";
        String sentence = status >= 500
                ? "The server had an error while processing your request."
                : HttpStatus.getMessage(status) + ": the request could not be read.";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            envelope.of(new ApiErrorException(status, type, sentence, null, null, Map.of())).content().writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }
}
