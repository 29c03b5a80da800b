package dev.retouch.client;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Files of any size that take no place on the disk. */
final class SparseFiles {

    private SparseFiles() {}

    static Path make(Path file, long bytes) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(bytes);
        }
        return file;
    }
}
