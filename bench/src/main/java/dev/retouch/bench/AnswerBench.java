package dev.retouch.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.SplittableRandom;

import dev.retouch.server.answer.AnswerReaders;
import dev.retouch.server.answer.AnswerScanner;
import dev.retouch.server.answer.AnswerSource;
import dev.retouch.server.answer.HeldImages;
import dev.retouch.server.answer.JsonAnswerWriter;
import dev.retouch.server.image.Spool;

/**
 * Measures how fast base64 is scanned in memory, and how fast a whole answer goes through a reader and a writer: gigabytes per second on
 * one thread, by its processor time, the best of several rounds.
 */
public final class AnswerBench {

    private static final int IMAGE = 1_500_000;
    private static final int BUFFER = 32 * 1024;
    private static final int ROUNDS = 12;
    private static final int REPEATS = 400;

    private final PrintStream out;
    private final HeldImages held;

    private AnswerBench(PrintStream out, HeldImages held) {
        this.out = out;
        this.held = held;
    }

    /** Prints a line for each figure. */
    public static void main(String[] arguments) throws IOException {
        byte[] image = new byte[IMAGE];
        new SplittableRandom(1).nextBytes(image);
        byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
        System.arraycopy(png, 0, image, 0, png.length);
        byte[] text = Base64.getEncoder().encode(image);
        Spool spool = new Spool(Files.createTempDirectory("answer-bench"), BUFFER);
        AnswerBench bench = new AnswerBench(System.out, new HeldImages(spool, resource -> {}));
        bench.scan("scanner, array of 32 KB", ByteBuffer.wrap(Arrays.copyOf(text, BUFFER)));
        bench.scan("scanner, direct memory of 32 KB", ByteBuffer.allocateDirect(BUFFER).put(0, text, 0, BUFFER));
        bench.scan("scanner, array of 2 MB", ByteBuffer.wrap(text));
        String base64 = new String(text, StandardCharsets.US_ASCII);
        bench.pass("JSON document, base64 to base64", "{\"created\":1,\"data\":[{\"b64_json\":\"" + base64 + "\"}]}");
        bench.pass("events, base64 to base64", "event: image_edit.completed\ndata: {\"type\":\"image_edit.completed\","
                + "\"b64_json\":\"" + base64 + "\"}\n\n");
    }

    private void scan(String name, ByteBuffer text) {
        report(name, text.capacity(), () -> AnswerScanner.indexOfSpecial(text, 0, text.capacity()));
    }

    private void pass(String name, String answer) {
        byte[] bytes = answer.getBytes(StandardCharsets.US_ASCII);
        report(name, bytes.length, () -> {
            try {
                new JsonAnswerWriter(InstantSource.system()).write(
                        AnswerReaders.of(AnswerSource.of(new ByteArrayInputStream(bytes)), held),
                        OutputStream.nullOutputStream(), () -> {});
                return bytes.length;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Time of the processor, because other programs may run on it. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** One measured piece of work; its result keeps the compiler from leaving it out. */
    @FunctionalInterface
    private interface Work {
        int run();
    }

    private void report(String name, int bytes, Work work) {
        int repeats = Math.max(20, (int) ((long) REPEATS * IMAGE / bytes));
        double best = 0;
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = cpuNanos();
            for (int i = 0; i < repeats; i++) {
                sum += work.run();
            }
            best = Math.max(best, (double) bytes * repeats / (cpuNanos() - begin));
        }
        out.printf(Locale.ROOT, "%-36s %5.1f GB/s%s%n", name, best, sum == 0 ? " (nothing was read)" : "");
    }
}
