package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Reads an answer that is a stream of server-sent events, as OpenAI's image endpoints write it. An event without JSON, such as
 * {@code [DONE]}, says nothing. An error event is the last one that is read.
 */
public final class SseAnswerReader implements AnswerReader {

    private final SseLines lines;
    private final HeldImages held;
    private @Nullable AnswerObjectReader event;
    private @Nullable AnswerSource data;
    private boolean imageBegun;
    private boolean failed;

    /**
     * Reads from this source.
     *
     * @param held keeps images of which it is not known what they are
     */
    public SseAnswerReader(AnswerSource source, HeldImages held) {
        this(source, ByteBuffer.allocate(0), held);
    }

    SseAnswerReader(AnswerSource source, ByteBuffer beginning, HeldImages held) {
        this.lines = new SseLines(source, beginning);
        this.held = held;
    }

    @Override
    public AnswerPart next() throws IOException {
        while (!failed) {
            AnswerObjectReader current = event == null ? nextEvent() : event;
            if (current == null) {
                return new AnswerEnd();
            }
            @Nullable
            AnswerPart part = part(current);
            if (part != null) {
                failed = part instanceof Refusal;
                return part;
            }
        }
        return new AnswerEnd();
    }

    private @Nullable AnswerPart part(AnswerObjectReader current) throws IOException {
        try {
            AnswerPart part = current.next();
            imageBegun |= part instanceof FinalImage || part instanceof PartialImage;
            if (part == null) {
                endEvent();
            }
            return part;
        } catch (MalformedAnswerException e) {
            if (imageBegun) {
                throw e;
            }
            endEvent();
            return null;
        }
    }

    /** Begins to read the next event whose data can be an object. */
    private @Nullable AnswerObjectReader nextEvent() throws IOException {
        while (lines.nextEvent()) {
            AnswerSource source = lines.data();
            JsonCursor cursor = new JsonCursor(source);
            data = source;
            imageBegun = false;
            if (cursor.peekToken() == '{') {
                AnswerObjectReader next = AnswerObjectReader.ofEvent(cursor, lines::eventName, held);
                event = next;
                return next;
            }
            endEvent();
        }
        return null;
    }

    /** Reads what is left of the event, up to its blank line. */
    private void endEvent() throws IOException {
        AnswerSource rest = data;
        event = null;
        data = null;
        while (rest != null && rest.next() != null) {
            // nothing of it is kept
        }
    }
}
