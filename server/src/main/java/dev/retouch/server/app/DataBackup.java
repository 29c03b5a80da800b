package dev.retouch.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.database.Database;

/**
 * Copies the state of a gateway into a new folder while the gateway runs, and back into an empty data directory. The order makes the copy
 * consistent: first the journal of ends, which may be in the database as well; then the database at one moment; then the files, of
 * which some may have expired since.
 */
public final class DataBackup {

    private static final String DATABASE = "retouch.db";
    private static final String MANIFEST = "backup.json";
    private static final String POSTGRESQL = "postgresql";
    private static final String SQLITE = "sqlite";
    private static final List<String> FIRST = List.of("ends");
    private static final List<String> LAST = List.of("link.secret", "sandbox.key", "answers", "tasks", "files");

    private DataBackup() {}

    /**
     * What was copied.
     *
     * @param files the number of files, with the database
     * @param bytes their size
     * @param database whether the database is among them; PostgreSQL is copied with its own tools
     */
    public record Report(long files, long bytes, boolean database) {}

    /**
     * Writes a backup into a folder that does not exist yet.
     *
     * @throws BackupException if the folder exists, or cannot be written
     */
    public static Report write(Path dataDir, Database database, Path target, Clock clock) {
        if (Files.exists(target)) {
            throw new BackupException("the backup exists: " + target + ". Name a new folder");
        }
        Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
        try {
            remove(unfinished);
            DataDirectory.createPrivate(unfinished);
            for (String name : FIRST) {
                copy(dataDir.resolve(name), unfinished.resolve(name));
            }
            if (!database.isShared()) {
                database.copyTo(unfinished.resolve(DATABASE));
                flush(unfinished.resolve(DATABASE));
            }
            for (String name : LAST) {
                copy(dataDir.resolve(name), unfinished.resolve(name));
            }
            Report report = measure(unfinished, !database.isShared());
            Files.writeString(unfinished.resolve(MANIFEST),
                    new ObjectMapper().createObjectNode().put("object", "retouch_backup")
                            .put("created_at", clock.instant().getEpochSecond())
                            .put("database", database.isShared() ? POSTGRESQL : SQLITE).put("files", report.files())
                            .put("bytes", report.bytes()) + "\n");
            flush(unfinished.resolve(MANIFEST));
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            return report;
        } catch (IOException e) {
            throw new BackupException("the backup cannot be written: " + e, e);
        }
    }

    /**
     * Copies a backup into the data directory of a configuration, which must be empty.
     *
     * @throws BackupException if the folder is no backup for this configuration, or the data directory is not empty
     */
    public static Report restore(Path backup, Configuration configuration) {
        Path dataDir = configuration.dataDir();
        boolean shared = configuration.databaseUrl().value().isPresent();
        try {
            if (!Files.isRegularFile(backup.resolve(MANIFEST))) {
                throw new BackupException("this folder is no backup, or an unfinished one: " + backup);
            }
            JsonNode manifest = new ObjectMapper()
                    .readTree(Files.readString(backup.resolve(MANIFEST), StandardCharsets.UTF_8));
            String database = manifest.path("database").asText();
            if (!database.equals(shared ? POSTGRESQL : SQLITE)) {
                throw new BackupException("the backup is of a gateway with " + database
                        + "; set or remove 'database-url' accordingly");
            }
            Report content = measure(backup, !shared);
            if (content.files() - 1 != manifest.path("files").asLong()) { // without the manifest
                throw new BackupException("the backup is not complete: it has " + (content.files() - 1) + " of "
                        + manifest.path("files").asLong() + " files");
            }
            if (Files.exists(dataDir) && measure(dataDir, false).files() > 0) {
                throw new BackupException("the data directory is not empty: " + dataDir
                        + ". Restore into a new one, or move its files away");
            }
            DataDirectory.prepare(dataDir, false);
            for (String name : Stream.of(FIRST, List.of(DATABASE), LAST).flatMap(List::stream).toList()) {
                copy(backup.resolve(name), dataDir.resolve(name));
            }
            DataDirectory.prepare(dataDir, !shared); // closes what was copied
            return new Report(manifest.path("files").asLong(), manifest.path("bytes").asLong(), !shared);
        } catch (IOException e) {
            throw new BackupException("the backup cannot be restored: " + e, e);
        }
    }

    /** Copies a file or a folder, if it exists. Files that are deleted meanwhile are left out. */
    private static void copy(Path from, Path to) throws IOException {
        if (Files.notExists(from)) {
            return;
        }
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                try {
                    Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                } catch (NoSuchFileException e) {
                    Files.deleteIfExists(to.resolve(from.relativize(file)));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    private static void flush(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static Report measure(Path folder, boolean database) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            return new Report(files.size(), bytes, database);
        }
    }

    private static void remove(Path folder) {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
