package dev.retouch.mock.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A folder that is deleted with its content on close. The server has a folder, with a subfolder for each request. */
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

    public Path folder() {
        return folder;
    }

    /** Returns an unused name; the file does not exist yet. */
    public Path newFile() {
        return folder.resolve("f" + files.incrementAndGet());
    }

    @Override
    public void close() {
        List<Path> content;
        try (Stream<Path> walk = Files.walk(folder)) {
            content = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException _) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path each : content) {
            try {
                Files.deleteIfExists(each);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
