package dev.retouch.server.edit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/**
 * Takes a stream of events apart at its blank lines. Comments and partial images pass while they come; any other event is held
 * back, in the spool, until it is whole.
 */
final class EventSplitter implements AutoCloseable {

    private static final String PARTIAL = "image_edit.partial_image";
    /** No name of an event that passes is longer. */
    private static final int MOST_START = 64;

    private final Spool spool;
    private final KeepAlive out;
    private final WholeEvent whole;
    private final ByteArrayOutputStream start = new ByteArrayOutputStream(MOST_START);
    private boolean passing;
    private boolean passingPartial;
    private boolean comment;
    private Spool.@Nullable Writer held;
    private boolean lineIsEmpty = true;

    /** Who looks at events. */
    interface WholeEvent {
        /** A partial image has passed. */
        void partial();

        /** Passes it on, or not; the splitter closes it. */
        void take(ImageBytes event) throws IOException;
    }

    EventSplitter(Spool spool, KeepAlive out, WholeEvent whole) {
        this.spool = spool;
        this.out = out;
        this.whole = whole;
    }

    /** Takes what has come. */
    void take(byte[] bytes, int count) throws IOException {
        int from = 0;
        for (int i = 0; i < count; i++) {
            if (!passing && held == null) {
                start.write(bytes[i]);
                from = i + 1;
                if (bytes[i] == '\n' || start.size() == MOST_START) {
                    decide();
                }
            }
            if (bytes[i] == '\n') {
                if (lineIsEmpty || comment) {
                    write(bytes, from, i + 1);
                    from = i + 1;
                    end();
                }
                lineIsEmpty = true;
            } else if (bytes[i] != '\r') {
                lineIsEmpty = false;
            }
        }
        write(bytes, from, count);
        if (passing) {
            out.flush();
        }
    }

    /** The first line says whether an event passes. A blank line or a comment between events does, too. */
    private void decide() throws IOException {
        String line = start.toString(StandardCharsets.ISO_8859_1).strip();
        comment = line.startsWith(":");
        boolean partial = line.startsWith("event:") && line.substring("event:".length()).strip().equals(PARTIAL);
        if (partial || line.isEmpty() || comment) {
            passing = true;
            passingPartial = partial;
            out.begin();
            start.writeTo(out);
        } else {
            Spool.Writer writer = spool.newWriter();
            held = writer;
            start.writeTo(writer);
        }
        start.reset();
    }

    private void write(byte[] bytes, int from, int to) throws IOException {
        if (from == to) {
            return;
        }
        if (passing) {
            out.write(bytes, from, to - from);
        } else if (held != null) {
            held.write(bytes, from, to - from);
        }
    }

    private void end() throws IOException {
        Spool.Writer writer = held;
        held = null;
        if (passing) {
            passing = false;
            comment = false;
            out.end();
            out.flush();
            if (passingPartial) {
                whole.partial();
            }
        } else if (writer != null) {
            try (ImageBytes event = writer.finish()) {
                whole.take(event);
            }
        }
    }

    /** Forgets an event that never became whole. */
    @Override
    public void close() throws IOException {
        if (held != null) {
            held.close();
        }
    }
}
