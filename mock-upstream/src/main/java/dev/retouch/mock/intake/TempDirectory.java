package dev.retouch.mock.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A folder that is deleted with its content on close. The server has a folder, with a subfolder for each request.
 *
 * <p>Requests may still write when the server's folder is closed. The folder is therefore renamed before its content is
 * deleted: paths that requests hold lead nowhere from then on, and nothing new can appear in it.
 */
public final class TempDirectory implements AutoCloseable {

    private final Path folder;
    private final AtomicLong files = new AtomicLong();

    private TempDirectory(Path folder) {
        this.folder = folder;
    }

    public static TempDirectory under(Path parent) throws IOException {
        Files.createDirectories(parent);
        return new TempDirectory(Files.createTempDirectory(parent, "retouch-mock-"));
    }

    /** Fails with {@link NoSuchFileException} when this folder is closed. */
    public TempDirectory newSubfolder() throws IOException {
        return new TempDirectory(Files.createTempDirectory(folder, "request-"));
    }

    public Path folder() {
        return folder;
    }

    /** Returns an unused name; the file does not exist yet. */
    public Path newFile() {
        return folder.resolve("f" + files.incrementAndGet());
    }

    @Override
    public void close() {
        Path closed = folder.resolveSibling(folder.getFileName() + "-closed");
        try {
            Files.move(folder, closed);
        } catch (NoSuchFileException _) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            while (!isDeleted(closed)) {
                Thread.onSpinWait(); // only for calls that had resolved the old path before it was renamed
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False when the content changed in the meantime. */
    private static boolean isDeleted(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
            return true;
        } catch (DirectoryNotEmptyException _) {
            return false;
        } catch (NoSuchFileException e) {
            return folder.toString().equals(e.getFile());
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return false;
            }
            throw e.getCause();
        }
    }
}
