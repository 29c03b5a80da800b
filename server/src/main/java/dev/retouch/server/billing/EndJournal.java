package dev.retouch.server.billing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files with the known ends of edits that wait for the database, one file per process. A line is durable when {@link #append} returns.
 * The process locks its file; a later process adopts the files that no process has locked. Files exist only while ends wait. Not
 * thread-safe: {@link DeferredSettlement} calls it under its lock.
 */
public final class EndJournal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EndJournal.class);
    private static final String SUFFIX = ".ends";

    private final Path folder;
    private final Path own;
    private final List<Locked> adopted = new ArrayList<>();
    private @Nullable Locked open;

    private record Locked(Path file, FileChannel channel) {}

    /** Writes to the folder {@code ends} of the data directory. */
    public EndJournal(Path dataDir) {
        this.folder = dataDir.resolve("ends");
        this.own = folder.resolve(UUID.randomUUID() + SUFFIX);
    }

    /** Appends an end and flushes it to disk. */
    void append(EditEnd end) throws IOException {
        Locked file = open;
        if (file == null) {
            file = create();
            open = file;
        }
        ByteBuffer line = ByteBuffer.wrap(EndLines.line(end));
        while (line.hasRemaining()) {
            file.channel().write(line);
        }
        file.channel().force(true);
    }

    /** Removes all files of this process and the adopted files: no end waits any longer. */
    void clear() {
        if (open != null) {
            remove(open);
            open = null;
        }
        adopted.forEach(EndJournal::remove);
        adopted.clear();
    }

    /** Adopts the files of processes that have ended, and returns their ends in order. */
    List<EditEnd> adopt() throws IOException {
        List<EditEnd> ends = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return ends;
        }
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.filter(file -> file.toString().endsWith(SUFFIX) && !file.equals(own)).sorted().toList();
        }
        for (Path file : files) {
            Locked locked = lock(file);
            if (locked != null) {
                adopted.add(locked);
                List<EditEnd> found = EndLines.read(file);
                LOG.info("journal of a stopped process adopted file={} ends={}", file.getFileName(), found.size());
                ends.addAll(found);
            }
        }
        return ends;
    }

    private Locked create() throws IOException {
        Files.createDirectories(folder);
        FileChannel channel = FileChannel.open(own, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        channel.lock();
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true); // the name of the file, too, must outlast a power failure
        }
        return new Locked(own, channel);
    }

    private static @Nullable Locked lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new Locked(file, channel);
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("journal belongs to a gateway in this process file={}", file.getFileName());
        }
        channel.close();
        return null;
    }

    private static void remove(Locked locked) {
        try (FileChannel channel = locked.channel()) {
            channel.truncate(0); // the lock is held, so that no process reads the file in between
            Files.deleteIfExists(locked.file());
        } catch (IOException e) {
            LOG.warn("journal could not be removed, its ends are written again at the next start file={}",
                    locked.file().getFileName(), e);
        }
    }

    /** Unlocks the files. Those with waiting ends stay for the next process. */
    @Override
    public void close() {
        List<Locked> all = new ArrayList<>(adopted);
        if (open != null) {
            all.add(open);
        }
        for (Locked file : all) {
            try {
                file.channel().close();
            } catch (IOException e) {
                LOG.warn("journal could not be closed file={}", file.file().getFileName(), e);
            }
        }
    }
}
