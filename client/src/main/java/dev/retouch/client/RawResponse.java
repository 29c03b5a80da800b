package dev.retouch.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/** A successful response whose body is read by the caller of this class. */
record RawResponse(Response response, ObjectMapper json, ExceptionFactory failures) implements AutoCloseable {

    private static final int PIECE = 64 * 1024;

    <T> T as(Class<T> type) {
        try (InputStream body = body()) {
            return json.readValue(body, type);
        } catch (IOException cut) {
            throw unusable("The gateway's response could not be read", cut);
        }
    }

    InputStream body() {
        return response.readEntity(InputStream.class);
    }

    /** Copies the body. If reading fails, the gateway failed; if writing fails, the local file did. */
    void copyTo(OutputStream out) throws IOException {
        try (InputStream body = body()) {
            for (byte[] piece = piece(body); piece.length > 0; piece = piece(body)) {
                out.write(piece);
            }
        }
    }

    private byte[] piece(InputStream body) {
        try {
            return body.readNBytes(PIECE);
        } catch (IOException cut) {
            throw unusable("The download was interrupted", cut);
        }
    }

    boolean isStreamOfEvents() {
        return MediaType.SERVER_SENT_EVENTS_TYPE.isCompatible(response.getMediaType());
    }

    @Nullable
    String requestId() {
        return response.getHeaderString("x-request-id");
    }

    /** The edit probably ran, so a retry is never advised. */
    RetouchException unusable(String what, @Nullable Throwable cause) {
        String message = cause == null ? what : what + ": " + cause.getMessage();
        return failures.unusable(message, response.getStatus(), requestId(), cause);
    }

    RetouchException errorEvent(String data) {
        return failures.inStream(response.getStatus(), requestId(), data);
    }

    @Override
    public void close() {
        response.close();
    }
}
