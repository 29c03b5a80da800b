package dev.retouch.server.idempotency;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.storage.DirectorySync;

/**
 * Files in the data directory that describe stored responses whose rows wait for the database. If the process ends before it can write a
 * row, this instance after its next start, or another instance of the data directory, writes it.
 */
final class UnwrittenResponses {

    private static final Logger LOG = LoggerFactory.getLogger(UnwrittenResponses.class);
    private static final String SUFFIX = ".unwritten";

    private final Path folder;
    private final ObjectMapper mapper = new ObjectMapper();

    /** Keeps files beside the bodies of responses. */
    UnwrittenResponses(Path folder) {
        this.folder = folder;
    }

    /** A response, and the claim that it belongs to. */
    record Unwritten(IdempotencyKey key, String editId, StoredResponse answer) {}

    /** Describes a response in a file, which is on disk when this method returns. */
    void add(Unwritten response) throws IOException {
        String name = response.answer().file();
        Path part = folder.resolve(name + ".new");
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer text = ByteBuffer.wrap(mapper.writeValueAsBytes(response));
            while (text.hasRemaining()) {
                file.write(text);
            }
            file.force(true);
        }
        Files.move(part, folder.resolve(name + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
        DirectorySync.force(folder);
    }

    /** The responses that are described here. */
    List<Unwritten> all() throws IOException {
        List<Unwritten> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                try {
                    all.add(mapper.readValue(Files.readAllBytes(file), Unwritten.class));
                } catch (JsonProcessingException e) {
                    LOG.warn("description of a stored response is not readable file={}", file.getFileName(), e);
                    Files.deleteIfExists(file);
                }
            }
        }
        return all;
    }

    /** Removes the file of a response whose row is written. */
    void remove(Unwritten response) throws IOException {
        Files.deleteIfExists(folder.resolve(response.answer().file() + SUFFIX));
    }
}
