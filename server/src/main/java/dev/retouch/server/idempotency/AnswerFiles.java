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

/** The bodies of answers, in a folder of the data directory, which instances of one database share. */
public final class AnswerFiles {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerFiles.class);

    private final Path folder;
    private final Clock clock;
    private final Duration lifetime;

    /** Files in {@code answers} below the data directory. */
    public AnswerFiles(Path dataDir, Clock clock, Duration lifetime) throws IOException {
        this.folder = Files.createDirectories(dataDir.resolve("answers"));
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** A body that is still to come. */
    Recording newRecording() throws IOException {
        return new Recording(folder.resolve("ans_" + UUID.randomUUID().toString().replace("-", "")));
    }

    /** A body that has come whole. Its age counts from now on. */
    StoredAnswer finished(Recording recording, int status, Head head) throws IOException {
        recording.force();
        Files.setLastModifiedTime(recording.file(), FileTime.from(clock.instant()));
        return new StoredAnswer(status, head.streamed(), head.headers(), recording.file().getFileName().toString(),
                recording.length());
    }

    /** A body that is there at once. */
    StoredAnswer write(int status, Head head, String body) throws IOException {
        try (Recording recording = newRecording()) {
            recording.write(body.getBytes(StandardCharsets.UTF_8));
            return finished(recording, status, head);
        }
    }

    /** The body of an answer, or nothing where it is not here or not whole. */
    Optional<InputStream> open(StoredAnswer answer) throws IOException {
        Path file = folder.resolve(answer.file());
        try {
            if (Files.size(file) == answer.size()) {
                return Optional.of(Files.newInputStream(file));
            }
            LOG.error("a stored answer has another length file={} expected={}", file, answer.size());
        } catch (NoSuchFileException e) {
            LOG.error("a stored answer is not here; instances of one database share one data directory file={}", file);
        }
        return Optional.empty();
    }

    /** Removes what no row names any more. A row expires no later than its file does. */
    void removeExpired() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().plus(lifetime).isBefore(clock.instant())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("could not remove expired answers", e);
        }
    }
}
