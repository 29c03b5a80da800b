package dev.retouch.server.answer;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** Reads an answer that is one JSON document, as OpenAI's image endpoints write it. What follows the document is ignored. */
public final class JsonAnswerReader implements AnswerReader {

    private final JsonCursor cursor;
    private final AnswerObjectReader document;

    /**
     * Reads from this source.
     *
     * @param held keeps images of which it is not known what they are
     */
    public JsonAnswerReader(AnswerSource source, HeldImages held) {
        this(new JsonCursor(source), held);
    }

    JsonAnswerReader(JsonCursor cursor, HeldImages held) {
        this.cursor = cursor;
        this.document = AnswerObjectReader.ofDocument(cursor, held);
    }

    @Override
    public AnswerPart next() throws IOException {
        @Nullable
        AnswerPart part = document.next();
        if (part == null) {
            skipRest();
            return new AnswerEnd();
        }
        return part;
    }

    /** Reads to the end of the response, so that its connection can be used again. The document is whole whatever follows. */
    private void skipRest() throws IOException {
        try {
            while (cursor.read() >= 0) {
                cursor.skipBuffer();
            }
        } catch (UnreadableAnswerException e) {
            return;
        }
    }
}
