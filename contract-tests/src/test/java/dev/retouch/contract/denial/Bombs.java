package dev.retouch.contract.denial;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

import dev.retouch.contract.harness.Form;

/** Files that are small or quickly made, and much work. */
final class Bombs {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    /** Rows of 8 bit RGBA below what a mask may have, and above it. */
    private static final int[] EDGES = {4_000, 7_500, 9_000};

    private Bombs() {}

    /** Fill bytes are legal before a marker in any number. */
    static byte[] filledJpeg(int bytes) {
        byte[] file = new byte[bytes];
        Arrays.fill(file, (byte) 0xff);
        file[1] = (byte) 0xd8;
        byte[] frame = {(byte) 0xc0, 0, 0x11, 8, 4, 0, 4, 0, 3};
        System.arraycopy(frame, 0, file, bytes - 40, frame.length);
        return file;
    }

    /** A PNG whose header is followed by empty chunks. */
    static byte[] emptyChunks(int bytes) {
        ByteBuffer file = ByteBuffer.allocate(bytes).put(SIGNATURE).put(header(64, 64));
        byte[] empty = chunk("teXt", new byte[0]);
        while (file.remaining() >= empty.length) {
            file.put(empty);
        }
        return file.array();
    }

    /** A PNG that only says that it has these pixels. */
    static byte[] claimed(int edge) {
        return join(SIGNATURE, header(edge, edge), chunk("IDAT", new byte[8]), chunk("IEND", new byte[0]));
    }

    /** An opaque mask, whose pixels all have to be read. */
    static byte[] mask(int edge) {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        byte[] row = new byte[1 + 4 * edge];
        Arrays.fill(row, 1, row.length, (byte) 0xff);
        try (DeflaterOutputStream out = new DeflaterOutputStream(pixels, new Deflater(Deflater.BEST_SPEED))) {
            for (int y = 0; y < edge; y++) {
                out.write(row);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return join(SIGNATURE, header(edge, edge), chunk("IDAT", pixels.toByteArray()), chunk("IEND", new byte[0]));
    }

    /** The edge of a mask. */
    static int edge(SplittableRandom random) {
        return EDGES[random.nextInt(EDGES.length)];
    }

    /** Thousands of images of a character each. */
    static byte[] inlineImages(SplittableRandom random) {
        int count = 5_000 + random.nextInt(20_000);
        String image = switch (random.nextInt(4)) {
            case 0 -> "\"A\"";
            case 1 -> "\"data:image/png;base64,AAAA\"";
            case 2 -> "{\"image_url\":\"data:,x\"}";
            default -> "{\"url\":\"AAAA\"}";
        };
        String key = random.nextBoolean() ? "image" : "images";
        return Siege.ascii("{\"prompt\":\"x\",\"" + key + "\":[" + (image + ",").repeat(count) + image + "]}");
    }

    /** A form of many small files, which stay in memory while the request lasts. */
    static Form parts(SplittableRandom random) {
        Form form = Form.empty().text("prompt", "x".repeat(random.nextInt(100_000)));
        byte[] part = new byte[1 + random.nextInt(65_536)];
        for (int count = 0; count < 60; count++) {
            form = form.file("image[]", "a.png", "image/png", part);
        }
        return form;
    }

    private static byte[] header(int width, int height) {
        return chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).put((byte) 6).array());
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] checked = join(type.getBytes(StandardCharsets.US_ASCII), content);
        CRC32 crc = new CRC32();
        crc.update(checked);
        return ByteBuffer.allocate(12 + content.length).putInt(content.length).put(checked)
                .putInt((int) crc.getValue()).array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
