package dev.retouch.server.idempotency;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.DurableEdit;
import dev.retouch.server.exchange.PendingCharge;
import dev.retouch.server.storage.StorageException;

/**
 * An edit that runs for the claim of its idempotency key. When its response is on disk, its charge and the stored response are written in
 * one transaction: if the process ends before, the edit is undecided; after it, the response is complete. If another edit has taken the
 * claim over, the key is in use.
 */
final class RecordedEdit implements DurableEdit {

    private final IdempotencyRepository claims;
    private final StoredResponseFiles files;
    private final IdempotencyKey key;
    private final String editId;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable PendingCharge charge;
    private @Nullable Recording recording;
    private @Nullable Map<String, String> trailersAtEnd;
    private boolean over;

    private record Recording(ResponseHead head, RecordingOutputStream body) {}

    RecordedEdit(IdempotencyRepository claims, StoredResponseFiles files, IdempotencyKey key, String editId) {
        this.claims = claims;
        this.files = files;
        this.key = key;
        this.editId = editId;
    }

    @Override
    public Dispatch dispatch() {
        return new Claim(key.account(), key.value());
    }

    @Override
    public RuntimeException lost() {
        return IdempotencyRepository.lost();
    }

    /** Starts the recording of the response. The caller closes it. */
    RecordingOutputStream begin(ResponseHead head) throws IOException {
        RecordingOutputStream body = files.newRecording();
        lock.lock();
        try {
            recording = new Recording(head, body);
            if (charge != null) {
                body.holdBack();
            }
        } finally {
            lock.unlock();
        }
        return body;
    }

    @Override
    public void charge(PendingCharge pending) {
        lock.lock();
        try {
            charge = pending;
            if (recording != null) {
                recording.body().holdBack();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stores the response and writes the charge. Only the first call has an effect. */
    @Override
    public void written(Map<String, String> trailers) throws IOException {
        lock.lock();
        try {
            Recording recorded = recording;
            if (over || recorded == null) {
                return;
            }
            trailersAtEnd = trailers;
            StoredResponse answer = files.finished(key.account(), recorded.body(), 200, recorded.head().with(trailers));
            over = true;
            PendingCharge pending = charge;
            if (pending == null) {
                claims.complete(key, editId, answer);
            } else {
                if (!pending.write(claims.completion(key, editId, answer))) {
                    files.unwritten().add(new UnwrittenResponses.Unwritten(key, editId, answer));
                }
            }
            recorded.body().end(trailers);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends an edit whose response could not be stored. Its client can have images of it only if it is a stream: then the edit is charged,
     * and the client gets the rest of a complete body. Otherwise nothing is charged; if the object store failed, the key is free again,
     * because the client is asked to retry.
     */
    void failed(IOException cause) {
        boolean free;
        lock.lock();
        try {
            over = true;
            PendingCharge pending = charge;
            Recording recorded = recording;
            boolean streamed = recorded != null && recorded.head().streamed();
            if (pending != null && recorded != null && streamed) {
                pending.write(_ -> true);
                Map<String, String> trailers = trailersAtEnd;
                if (trailers != null) {
                    recorded.body().end(trailers);
                }
            } else if (pending != null) {
                pending.release("the response could not be stored");
            }
            free = !streamed && StorageException.isIn(cause);
        } finally {
            lock.unlock();
        }
        if (free) {
            claims.release(key, editId);
        } else {
            claims.markUndecided(key, editId);
        }
    }
}
