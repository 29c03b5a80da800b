package dev.retouch.server.idempotency;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.storage.ExpiringNames;
import dev.retouch.server.storage.LocalFolder;
import dev.retouch.server.storage.ObjectStore;

/** Stores the bodies of responses in a store that the instances of one database share. */
public final class StoredResponseFiles {

    private static final Logger LOG = LoggerFactory.getLogger(StoredResponseFiles.class);
    private static final String FOLDER = "answers";
    private static final String PREFIX = "ans_";
    private static final String MEDIA_TYPE = "application/octet-stream";

    /** Longer than the time between the end of a body and the write of its row, from which on the row is kept. */
    private static final Duration MARGIN = Duration.ofHours(1);

    private final ObjectStore store;
    private final LocalFolder unfinished;
    private final Clock clock;
    private final Duration lifetime;
    private final UnwrittenResponses unwritten;
    private final StorageQuota quota;

    /**
     * Stores bodies in {@code answers} of this store.
     *
     * @param dataDir the data directory, in which bodies are written before they are stored
     * @param lifetime how long a response is stored
     * @param quota counts the bodies
     */
    public StoredResponseFiles(ObjectStore store, Path dataDir, Clock clock, Duration lifetime, StorageQuota quota)
            throws IOException {
        this.store = store;
        this.unfinished = new LocalFolder(dataDir.resolve(FOLDER));
        this.clock = clock;
        this.lifetime = lifetime;
        this.quota = quota;
        this.unwritten = new UnwrittenResponses(unfinished.path());
    }

    /** The responses whose rows wait for the database. */
    UnwrittenResponses unwritten() {
        return unwritten;
    }

    /** Rejects an edit whose response is to be stored while the store is unavailable. */
    void requireAvailable() {
        store.requireAvailable();
    }

    /** Starts the recording of a body. */
    RecordingOutputStream newRecording() throws IOException {
        return new RecordingOutputStream(unfinished.newFile());
    }

    /**
     * Stores a complete body, so that it survives a power failure. Its lifetime starts now.
     *
     * @param account root key id of the account that the body counts for
     */
    StoredResponse finished(String account, RecordingOutputStream recording, int status, ResponseHead head)
            throws IOException {
        recording.seal();
        Instant removedAt = clock.instant().plus(lifetime);
        String name = PREFIX + ExpiringNames.newId(removedAt);
        store.put(new ObjectStore.NewObject(objectName(name), MEDIA_TYPE, recording.file(), true));
        quota.stored(account, removedAt, recording.length());
        return new StoredResponse(status, head.streamed(), head.headers(), name, recording.length());
    }

    /** Stores a body that is already complete. */
    StoredResponse write(String account, int status, ResponseHead head, String body) throws IOException {
        try (RecordingOutputStream recording = newRecording()) {
            recording.write(body.getBytes(StandardCharsets.UTF_8));
            return finished(account, recording, status, head);
        }
    }

    /** Opens the body of a response; empty if it is missing or incomplete. */
    Optional<InputStream> open(StoredResponse answer) throws IOException {
        String name = objectName(answer.file());
        OptionalLong size = store.size(name);
        if (size.isEmpty()) {
            LOG.error("stored response missing, instances of one database must share one data directory or object store"
                    + " place={}", store.location(name));
            return Optional.empty();
        }
        if (size.getAsLong() != answer.size()) {
            LOG.error("stored response has a wrong size place={} expected={}", store.location(name), answer.size());
            return Optional.empty();
        }
        return Optional.of(store.open(name, 0, answer.size()));
    }

    /** Removes expired bodies. The row of a response expires no later than its body. */
    void removeExpired() {
        unfinished.removeOlder(clock.instant().minus(lifetime).minus(MARGIN));
        try {
            ExpiringNames.removeExpired(store, FOLDER, clock.instant());
        } catch (IOException e) {
            LOG.warn("expired responses could not be removed", e);
        }
    }

    private static String objectName(String name) {
        return FOLDER + "/" + ExpiringNames.folder(name.substring(PREFIX.length())) + "/" + name;
    }
}
