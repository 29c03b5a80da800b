package dev.retouch.server.retention;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is kept of an edit, decrypted.
 *
 * @param expires when it will be deleted
 * @param run how the edit ran, as JSON of the contract; empty if it has not ended
 * @param prompt the prompt; empty if it is not kept
 * @param thumbnails the names of the thumbnails: those of the input images, then those of the results
 * @param unreadable whether there is content that was encrypted with another key
 */
public record RetainedRecord(Instant expires, Optional<String> run, Optional<String> prompt, List<String> thumbnails,
        boolean unreadable) {

    /** Copies the list. */
    public RetainedRecord {
        thumbnails = List.copyOf(thumbnails);
    }
}
