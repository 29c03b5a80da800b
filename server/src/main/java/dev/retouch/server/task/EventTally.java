package dev.retouch.server.task;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Passes a stream of events on and counts the images in it, by the beginnings of its lines. */
final class EventTally extends FilterOutputStream {

    /** Long enough for the name of an event, and for the type where it stands first in the data. */
    private static final int BEGINNING = 128;
    private static final String PARTIAL = "image_edit.partial_image";
    private static final String COMPLETED = "image_edit.completed";

    private final Listener listener;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(BEGINNING);
    private boolean counted;
    private int completed;
    private int partial;

    /** Told whenever the count has changed. */
    @FunctionalInterface
    interface Listener {
        /** There are so many now. */
        void came(int completed, int partial);
    }

    EventTally(OutputStream out, Listener listener) {
        super(out);
        this.listener = listener;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[]{(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
        out.write(source, offset, count);
        for (int i = offset; i < offset + count; i++) {
            if (source[i] == '\n') {
                endLine();
            } else if (source[i] != '\r' && line.size() < BEGINNING) {
                line.write(source[i]);
            }
        }
    }

    /** Where both names stand, the first one is meant. */
    private void count(int partialAt, int completedAt) {
        if (partialAt < 0 && completedAt < 0) {
            return;
        }
        counted = true;
        boolean isPartial = partialAt >= 0 && (completedAt < 0 || partialAt < completedAt);
        partial += isPartial ? 1 : 0;
        completed += isPartial ? 0 : 1;
        listener.came(completed, partial);
    }

    /** An event counts once, when its first line that names it has come; a blank line ends it. */
    private void endLine() {
        String beginning = line.toString(StandardCharsets.ISO_8859_1);
        line.reset();
        if (beginning.isEmpty()) {
            counted = false;
        } else if (!counted && (beginning.startsWith("event:") || beginning.startsWith("data:"))) {
            count(beginning.indexOf(PARTIAL), beginning.indexOf(COMPLETED));
        }
    }
}
