package dev.retouch.server.billing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 * The process locks its file; other processes adopt the files that no process has locked. Files exist only while ends wait. A file that
 * cannot be read completely is kept under another name, for an operator. Not thread-safe: {@link DeferredSettlement} calls it under its
 * lock.
 */
public final class EndJournal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EndJournal.class);
    private static final String SUFFIX = ".ends";
    /** A file that its process has not locked yet. */
    private static final String NEW = ".new";
    private static final String UNREADABLE = ".unreadable";

    private final Path folder;
    private final Path own;
    private final List<Locked> adopted = new ArrayList<>();
    private @Nullable Locked open;

    /**
     * A file that this process has locked.
     *
     * @param unreadable whether it has lines that were not understood
     */
    private record Locked(Path file, FileChannel channel, boolean unreadable) {}

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
        for (Path file : files(SUFFIX)) {
            if (!file.equals(own) && adopted.stream().noneMatch(known -> known.file().equals(file))) {
                try {
                    ends.addAll(adopt(file));
                } catch (NoSuchFileException e) {
                    LOG.debug("journal was removed by its process file={}", file.getFileName(), e);
                } catch (IOException e) {
                    LOG.error("journal of a stopped process cannot be read and is set aside, read it by hand file={}",
                            file.getFileName(), e);
                    setAside(file);
                }
            }
        }
        return ends;
    }

    /** The number of files that were set aside because they have ends that cannot be read. */
    int unreadable() throws IOException {
        return files(UNREADABLE).size();
    }

    private List<Path> files(String suffix) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private List<EditEnd> adopt(Path file) throws IOException {
        FileChannel channel = lock(file);
        if (channel == null) {
            return List.of();
        }
        EndLines.Contents contents;
        try {
            contents = EndLines.read(file);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        adopted.add(new Locked(file, channel, contents.unreadable() > 0));
        LOG.info("journal of a stopped process adopted file={} ends={}", file.getFileName(), contents.ends().size());
        if (contents.unreadable() > 0) {
            LOG.error("journal of a stopped process has lines that cannot be read, read it by hand file={} lines={}",
                    file.getFileName(), contents.unreadable());
        }
        return contents.ends();
    }

    /** The file gets its name after it is locked, so that no other process adopts it in between. */
    private Locked create() throws IOException {
        Files.createDirectories(folder);
        Path created = own.resolveSibling(own.getFileName() + NEW);
        FileChannel channel = FileChannel.open(created, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        channel.lock();
        Files.move(created, own, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true); // the name of the file, too, must outlast a power failure
        }
        return new Locked(own, channel, false);
    }

    private static @Nullable FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("journal belongs to a gateway in this process file={}", file.getFileName());
        }
        channel.close();
        return null;
    }

    private static void setAside(Path file) {
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + UNREADABLE));
        } catch (IOException e) {
            LOG.error("journal cannot be set aside file={}", file.getFileName(), e);
        }
    }

    private static void remove(Locked locked) {
        try (FileChannel channel = locked.channel()) {
            if (locked.unreadable()) {
                setAside(locked.file());
                return;
            }
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
