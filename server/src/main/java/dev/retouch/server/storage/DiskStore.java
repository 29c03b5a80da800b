package dev.retouch.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

import dev.retouch.server.secret.SecretFile;

/** Stores objects as files in the data directory. Instances share them if they share the directory. */
public final class DiskStore implements ObjectStore {

    private final Path root;

    /** Stores files below this directory. */
    public DiskStore(Path root) {
        this.root = root;
    }

    @Override
    public void put(NewObject object) throws IOException {
        Path target = root.resolve(object.name());
        Files.createDirectories(root.resolve(folderOf(object.name())));
        if (object.durable()) {
            try (FileChannel file = FileChannel.open(object.file(), StandardOpenOption.WRITE)) {
                file.force(true);
            }
        }
        Files.move(object.file(), target, StandardCopyOption.ATOMIC_MOVE);
        if (object.durable()) {
            for (String folder = folderOf(object.name()); !folder.isEmpty(); folder = folderOf(folder)) {
                DirectorySync.force(root.resolve(folder)); // each may be new
            }
        }
    }

    private static String folderOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    @Override
    public OptionalLong size(String name) throws IOException {
        try {
            return OptionalLong.of(Files.size(existing(name)));
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public InputStream open(String name, long start, long length) throws IOException {
        InputStream in = Files.newInputStream(existing(name));
        try {
            in.skipNBytes(start);
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** The file of an object. Earlier versions stored it without the folder of its hour. */
    private Path existing(String name) {
        Path path = root.resolve(name);
        if (Files.exists(path)) {
            return path;
        }
        Path first = root.resolve(Path.of(name).getName(0));
        Path former = first.resolve(path.getFileName());
        return Files.exists(former) ? former : path;
    }

    @Override
    public Listing list(String folder) throws IOException {
        List<String> folders = new ArrayList<>();
        List<Listing.Entry> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder))) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (Files.isDirectory(entry)) {
                    folders.add(name);
                } else {
                    addIfPresent(files, folder + "/" + name, entry);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return new Listing(List.of(), List.of());
        }
        return new Listing(folders, files);
    }

    private static void addIfPresent(List<Listing.Entry> files, String name, Path entry) throws IOException {
        try {
            files.add(new Listing.Entry(name, Files.getLastModifiedTime(entry).toInstant()));
        } catch (NoSuchFileException e) {
            return; // removed meanwhile
        }
    }

    @Override
    public void removeFolder(String folder) throws IOException {
        Path path = root.resolve(folder);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
            Files.deleteIfExists(path);
        } catch (NoSuchFileException e) {
            return; // another instance has removed it
        }
    }

    @Override
    public String secret(String name, Supplier<String> newSecret) throws IOException {
        return SecretFile.readOrCreate(root.resolve(name), newSecret);
    }

    @Override
    public Optional<Path> local(String name) {
        return Optional.of(existing(name));
    }

    @Override
    public String location(String name) {
        return root.resolve(name).toString();
    }

    @Override
    public Optional<URI> link(String name, Duration lifetime) {
        return Optional.empty();
    }

    @Override
    public boolean makesLinks() {
        return false;
    }

    @Override
    public void requireAvailable() {
        // a full disk is refused by the admission of requests
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public void probe() {
        // there is no server to ask
    }

    @Override
    public void close() {
        // files are closed by their users
    }
}
