package dev.retouch.server.retention;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.retouch.server.retention.RetainedRepository.Found;

/** Reads what is kept of edits, for administrators. */
public final class RetainedReader {

    private final RetainedRepository repository;
    private final Optional<ContentCipher> cipher;

    /**
     * Reads from this repository.
     *
     * @param cipher decrypts content; empty if there is no key
     */
    public RetainedReader(RetainedRepository repository, Optional<ContentCipher> cipher) {
        this.repository = repository;
        this.cipher = cipher;
    }

    /** Returns what is kept of an edit; empty if nothing is. */
    public Optional<RetainedRecord> record(String editId) {
        List<Found> pieces = repository.pieces(editId);
        if (pieces.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> run = Optional.empty();
        Optional<String> prompt = Optional.empty();
        List<String> thumbnails = new ArrayList<>();
        boolean unreadable = false;
        for (Found piece : pieces) {
            Optional<byte[]> body = readable(editId, piece);
            unreadable |= body.isEmpty();
            if (body.isPresent()) {
                String text = new String(body.get(), StandardCharsets.UTF_8);
                switch (piece.name()) {
                    case ContentRecorder.RUN -> run = Optional.of(text);
                    case ContentRecorder.PROMPT -> prompt = Optional.of(text);
                    default -> thumbnails.add(piece.name());
                }
            }
        }
        return Optional
                .of(new RetainedRecord(pieces.getFirst().expires(), run, prompt, thumbnails, unreadable));
    }

    /** Returns a thumbnail as JPEG; empty if there is none of this name. */
    public Optional<byte[]> thumbnail(String editId, String name) {
        return ContentRecorder.isThumbnail(name)
                ? repository.piece(editId, name).flatMap(piece -> readable(editId, piece))
                : Optional.empty();
    }

    private Optional<byte[]> readable(String editId, Found piece) {
        return piece.content()
                ? cipher.flatMap(key -> key.open(editId, piece.name(), piece.body()))
                : Optional.of(piece.body());
    }
}
