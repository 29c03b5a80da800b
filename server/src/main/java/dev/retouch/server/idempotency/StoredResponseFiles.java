package dev.retouch.server.idempotency;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.hosting.DirectorySync;

/** Stores the bodies of responses in a folder of the data directory, which the instances of one database share. */
public final class StoredResponseFiles {

    private static final Logger LOG = LoggerFactory.getLogger(StoredResponseFiles.class);

    /** Longer than the time between the end of a body and the write of its row, from which on the row is kept. */
    private static final Duration MARGIN = Duration.ofMinutes(10);

    private final Path folder;
    private final Clock clock;
    private final Duration lifetime;
    private final UnwrittenResponses unwritten;

    /** Stores files in {@code answers} below the data directory. */
    public StoredResponseFiles(Path dataDir, Clock clock, Duration lifetime) throws IOException {
        this.folder = Files.createDirectories(dataDir.resolve("answers"));
        this.clock = clock;
        this.lifetime = lifetime;
        this.unwritten = new UnwrittenResponses(folder);
    }

    /** The responses whose rows wait for the database. */
    UnwrittenResponses unwritten() {
        return unwritten;
    }

    /** Starts the recording of a body. */
    RecordingOutputStream newRecording() throws IOException {
        return new RecordingOutputStream(folder.resolve("ans_" + UUID.randomUUID().toString().replace("-", "")));
    }

    /** Stores a complete body, with its name, so that both survive a power failure. Its lifetime starts now. */
    StoredResponse finished(RecordingOutputStream recording, int status, ResponseHead head) throws IOException {
        recording.force();
        Files.setLastModifiedTime(recording.file(), FileTime.from(clock.instant()));
        DirectorySync.force(folder);
        return new StoredResponse(status, head.streamed(), head.headers(), recording.file().getFileName().toString(),
                recording.length());
    }

    /** Stores a body that is already complete. */
    StoredResponse write(int status, ResponseHead head, String body) throws IOException {
        try (RecordingOutputStream recording = newRecording()) {
            recording.write(body.getBytes(StandardCharsets.UTF_8));
            return finished(recording, status, head);
        }
    }

    /** Opens the body of a response; empty if the file is missing or incomplete. */
    Optional<InputStream> open(StoredResponse answer) throws IOException {
        Path file = folder.resolve(answer.file());
        try {
            if (Files.size(file) == answer.size()) {
                return Optional.of(Files.newInputStream(file));
            }
            LOG.error("stored response has a wrong size file={} expected={}", file, answer.size());
        } catch (NoSuchFileException e) {
            LOG.error("stored response missing, instances of one database must share one data directory file={}", file);
        }
        return Optional.empty();
    }

    /** Removes expired files. The row of a response expires no later than its file. */
    void removeExpired() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                removeIfExpired(file);
            }
        } catch (IOException e) {
            LOG.warn("expired responses could not be removed", e);
        }
    }

    private void removeIfExpired(Path file) throws IOException {
        try {
            if (Files.getLastModifiedTime(file).toInstant().plus(lifetime).plus(MARGIN).isBefore(clock.instant())) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("stored response already removed file={}", file.getFileName());
        }
    }
}
