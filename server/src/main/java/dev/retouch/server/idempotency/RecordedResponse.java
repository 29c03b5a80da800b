package dev.retouch.server.idempotency;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.storage.StorageException;

/**
 * A response that is recorded, while its client reads it.
 *
 * @param body the recording, written by the thread of the edit
 * @param reader reads the body for the client
 */
record RecordedResponse(ResponseHead head, RecordingOutputStream body, RecordingOutputStream.Reader reader) {

    private static final Logger LOG = LoggerFactory.getLogger(RecordedResponse.class);

    /** Writes the body to its end and stores it. If that fails, the edit ends by the rules of {@link RecordedEdit#failed}. */
    void write(EditResponse answer, RecordedEdit recorded, String requestId) {
        try {
            recorded.written(answer.body().writeTo(body));
        } catch (IOException e) {
            LOG.error("response could not be stored request={}", requestId, e);
            recorded.failed(e);
            body.breakOff(e);
        } catch (RuntimeException e) {
            body.breakOff(e);
            throw e;
        }
    }

    /**
     * The response for the client. A stream begins at once; a document is complete and stored before, because a client with all of it may
     * retry at once, and must then find it stored.
     *
     * @param client canceled if the client disconnects
     */
    EditResponse forClient(Cancellation client) {
        if (!head.streamed()) {
            awaitEnd(client);
        }
        return new EditResponse(head.streamed(), head.headers(), out -> {
            reader.copyTo(out, client);
            return body.trailers();
        });
    }

    /** Waits until the body is stored. If it could not be stored, or ended incomplete, the client gets an error instead. */
    private void awaitEnd(Cancellation client) {
        try {
            body.awaitEnd(client);
        } catch (IOException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw StorageException.isIn(e)
                    ? new ApiException(ErrorMessage.OBJECT_STORE_FAILED).withCause(e)
                    : new UncheckedIOException(e);
        }
    }
}
