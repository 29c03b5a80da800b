package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.retention.ContentCipher;

/**
 * Creates the data directory so that only its owner can enter it, because it holds images, prompts and hashes of API keys. Closes an
 * existing directory of a gateway that other users can enter. Warns if it cannot, or if the directory has files of others.
 * Does nothing on file systems without POSIX permissions.
 */
final class DataDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final String DATABASE = "retouch.db";
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    /** Folders of the features, closed too, because some volumes do not allow a change of the directory itself. */
    private static final List<String> FOLDERS = List.of("files", "answers", "tasks", "ends", "tmp");
    private static final List<String> FILES = List.of(DATABASE, "retouch.db-wal", "retouch.db-shm", "sandbox.key",
            "link.secret", ContentCipher.FILE, DataDirectoryLock.FILE);

    private DataDirectory() {}

    /**
     * Creates or closes the directory.
     *
     * @param database whether the SQLite database is in it; its file is then created before SQLite would, and the file of the lock
     */
    static void prepare(Path directory, boolean database) throws IOException {
        boolean existed = Files.isDirectory(directory);
        Files.createDirectories(directory);
        if (Files.getFileAttributeView(directory, PosixFileAttributeView.class) == null) {
            return;
        }
        if (!existed || isOfGateway(directory)) {
            close(directory, OWNER, existed);
        } else if (isOpen(directory)) {
            warn(directory, "it has files that are not of a gateway");
        }
        for (String name : FOLDERS) {
            close(Files.createDirectories(directory.resolve(name)), OWNER, false);
        }
        if (database) {
            create(directory.resolve(DATABASE));
            create(directory.resolve(DataDirectoryLock.FILE));
        }
        for (String name : FILES) {
            if (Files.exists(directory.resolve(name))) {
                close(directory.resolve(name), OWNER_FILE, false);
            }
        }
    }

    /** Creates a directory that only its owner can enter, where the file system has permissions. */
    static void createPrivate(Path directory) throws IOException {
        Files.createDirectories(directory);
        if (Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null) {
            Files.setPosixFilePermissions(directory, OWNER);
        }
    }

    /** Creates a file with its permissions; SQLite gives those of the database to the files that it adds. */
    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_FILE));
        } catch (FileAlreadyExistsException e) {
            // closed below
        }
    }

    /** A directory with anything else may be shared, such as a home directory; it is not closed. */
    private static boolean isOfGateway(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).allMatch(
                    name -> FOLDERS.contains(name) || FILES.contains(name) || name.startsWith(DATABASE)
                            || name.endsWith(".new"));
        }
    }

    private static boolean isOpen(Path path) throws IOException {
        return !OWNER.containsAll(Files.getPosixFilePermissions(path));
    }

    private static void close(Path path, Set<PosixFilePermission> wanted, boolean logged) throws IOException {
        if (!isOpen(path)) {
            return;
        }
        Set<PosixFilePermission> before = EnumSet.copyOf(Files.getPosixFilePermissions(path));
        try {
            Files.setPosixFilePermissions(path, wanted);
            if (logged) {
                LOG.info("data directory closed to other users directory={} permissions-before={}", path,
                        PosixFilePermissions.toString(before));
            }
        } catch (IOException e) {
            warn(path, "its permissions cannot be changed");
        }
    }

    private static void warn(Path path, String reason) {
        LOG.warn("data readable by other users of this machine path={} reason=\"{}\"", path, reason);
    }
}
