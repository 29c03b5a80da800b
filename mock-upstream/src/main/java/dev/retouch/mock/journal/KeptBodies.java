package dev.retouch.mock.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import dev.retouch.mock.intake.FormPart;

/**
 * Keeps the raw bytes of forms, up to a total number of bytes; the oldest are dropped first. With a limit of zero nothing is
 * kept.
 */
final class KeptBodies {

    private record Kept(long sequence, int index, Path file, long size) {}

    private final Path folder;
    private final long maxBytes;
    private final Deque<Kept> kept = new ArrayDeque<>();
    private long bytes;

    KeptBodies(Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    synchronized void keep(long sequence, List<FormPart> parts) throws IOException {
        for (int index = 0; index < parts.size(); index++) {
            long size = parts.get(index).bytes().size();
            if (size > maxBytes || maxBytes == 0) {
                continue;
            }
            while (bytes + size > maxBytes) {
                forgetOldest();
            }
            if (Files.notExists(folder)) {
                Files.createDirectory(folder); // fails when the folder around it is closed
            }
            Path file = folder.resolve(sequence + "-" + index);
            Files.copy(parts.get(index).bytes().file(), file, StandardCopyOption.REPLACE_EXISTING);
            kept.addLast(new Kept(sequence, index, file, size));
            bytes += size;
        }
    }

    synchronized Optional<byte[]> find(long sequence, int index) throws IOException {
        for (Kept each : kept) {
            if (each.sequence() == sequence && each.index() == index) {
                return Optional.of(Files.readAllBytes(each.file()));
            }
        }
        return Optional.empty();
    }

    synchronized void clear() throws IOException {
        while (!kept.isEmpty()) {
            forgetOldest();
        }
    }

    private void forgetOldest() throws IOException {
        Kept oldest = kept.removeFirst();
        bytes -= oldest.size();
        Files.deleteIfExists(oldest.file());
    }
}
