package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.retouch.server.image.Spool;

/** Fuzz target: an answer, a document or events by its first byte, is read alike in one piece and byte by byte. */
public final class AnswerFuzz {

    private static final HeldImages HELD = held();

    private AnswerFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        boolean events = data.length > 0 && data[0] != '{';
        String whole = read(AnswerSource.of(data), events);
        int[] at = {0};
        String single = read(() -> at[0] < data.length ? ByteBuffer.wrap(data, at[0]++, 1).slice() : null, events);
        if (!whole.equals(single)) {
            throw new AssertionError("whole: " + whole + "\nbyte by byte: " + single);
        }
    }

    private static String read(AnswerSource source, boolean events) throws IOException {
        try {
            return Wires.parts(events ? new SseAnswerReader(source, HELD) : new JsonAnswerReader(source, HELD))
                    .toString();
        } catch (UnreadableAnswerException e) {
            return "unreadable";
        }
    }

    private static HeldImages held() {
        try {
            Path folder = Files.createTempDirectory("fuzz");
            folder.toFile().deleteOnExit();
            return new HeldImages(new Spool(folder, 1 << 20), resource -> {});
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
