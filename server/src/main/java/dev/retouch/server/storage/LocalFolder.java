package dev.retouch.server.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder of the data directory with files that are written before they are stored, and with stored files of earlier versions. */
public final class LocalFolder {

    private static final Logger LOG = LoggerFactory.getLogger(LocalFolder.class);

    private final Path path;

    /** Uses a folder; creates it if it does not exist. */
    public LocalFolder(Path path) throws IOException {
        this.path = Files.createDirectories(path);
    }

    /** The path of the folder. */
    public Path path() {
        return path;
    }

    /** The path of a file that does not exist yet. */
    public Path newFile() {
        return path.resolve("new-" + UUID.randomUUID());
    }

    /** Removes files that were modified before this time, such as those that a process left when it was killed. */
    public void removeOlder(Instant time) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, Files::isRegularFile)) {
            for (Path file : files) {
                removeIfOlder(file, time);
            }
        } catch (IOException e) {
            LOG.warn("expired files not removed folder={}", path, e);
        }
    }

    private static void removeIfOlder(Path file, Instant time) throws IOException {
        try {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(time)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("file already stored or removed file={}", file.getFileName());
        }
    }
}
