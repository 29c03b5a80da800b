package dev.retouch.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

import dev.retouch.server.error.ApiException;

/**
 * Stores files under names with slashes, such as {@code files/079a81/img_1.png}. An object appears complete or not at all, and never
 * changes. A failure of a shared store is a {@link StorageException}. Thread-safe.
 */
public interface ObjectStore extends AutoCloseable {

    /**
     * A file to store.
     *
     * @param name the name of the object
     * @param mediaType the media type that a shared store returns with it
     * @param file the file; it is moved, or copied and deleted
     * @param durable whether the object must survive a power failure from the end of the call on; a shared store is always durable
     */
    record NewObject(String name, String mediaType, Path file, boolean durable) {}

    /**
     * What is in a folder.
     *
     * @param folders the names of the folders in it, without a path
     * @param files the objects in it, without those in its folders
     */
    record Listing(List<String> folders, List<Entry> files) {

        /**
         * An object in a listing.
         *
         * @param name its name with its path
         * @param modified the time at which it was stored, by the clock of the store
         */
        public record Entry(String name, Instant modified) {}

        public Listing {
            folders = List.copyOf(folders);
            files = List.copyOf(files);
        }
    }

    /** Stores a file. If this fails, the file may remain. */
    void put(NewObject object) throws IOException;

    /** The size of an object in bytes; empty if it does not exist. */
    OptionalLong size(String name) throws IOException;

    /**
     * Opens an object at a position. The caller closes the stream.
     *
     * @param length how many bytes the caller reads; the stream may have more
     * @throws java.nio.file.NoSuchFileException if it does not exist
     */
    InputStream open(String name, long start, long length) throws IOException;

    /** Lists a folder; empty if it does not exist. */
    Listing list(String folder) throws IOException;

    /** Removes a folder with everything in it. Has no effect if it does not exist. */
    void removeFolder(String folder) throws IOException;

    /** The text of a secret that all users of the store have in common; created at its first use. */
    String secret(String name, Supplier<String> newSecret) throws IOException;

    /** The file of an object, if the store has it on this machine. */
    Optional<Path> local(String name);

    /** Where an object is, for people: a path or a URL. */
    String location(String name);

    /**
     * A URL at which clients get an object from the store itself, without the gateway.
     *
     * @return empty if the store makes no such links
     * @throws StorageException if there are no credentials to sign it with
     */
    Optional<URI> link(String name, Duration lifetime) throws IOException;

    /** Whether {@link #link} returns links. */
    boolean makesLinks();

    /**
     * Rejects work that needs the store while it cannot take an object.
     *
     * @throws ApiException if the store does not answer
     */
    void requireAvailable();

    /** Whether the last attempt to store an object succeeded. */
    boolean isAvailable();

    /** Finds out whether the store takes objects, if nothing was stored for some seconds. A background job calls it every second. */
    void probe();

    @Override
    void close();
}
