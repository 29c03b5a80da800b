package dev.retouch.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/** A success whose body has not been read yet. */
record Answer(Response response, ObjectMapper json, Failures failures) implements AutoCloseable {

    private static final int PIECE = 64 * 1024;

    <T> T as(Class<T> type) {
        try (InputStream body = body()) {
            return json.readValue(body, type);
        } catch (IOException cut) {
            throw unusable("The gateway's answer could not be read", cut);
        }
    }

    InputStream body() {
        return response.readEntity(InputStream.class);
    }

    /** Copies the body; what breaks on the way in is the gateway's failure, what breaks on the way out is not. */
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
            throw unusable("The download broke off", cut);
        }
    }

    boolean isStreamOfEvents() {
        return MediaType.SERVER_SENT_EVENTS_TYPE.isCompatible(response.getMediaType());
    }

    @Nullable
    String requestId() {
        return response.getHeaderString("x-request-id");
    }

    /** The edit ran, as far as one can know, so it is never worth repeating unseen. */
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
