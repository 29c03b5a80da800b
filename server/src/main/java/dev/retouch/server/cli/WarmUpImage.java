package dev.retouch.server.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Makes png files of a given size in bytes, without a library for images: these files are sent, not decoded. */
final class WarmUpImage {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int SIDE = 1024;
    private static final int BITS = 8;
    private static final int GREY = 0;

    private WarmUpImage() {}

    /** A grey square whose private chunk brings the file to about this size. */
    static byte[] ofSize(int bytes) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(SIGNATURE);
        ByteBuffer header = ByteBuffer.allocate(13).putInt(SIDE).putInt(SIDE).put((byte) BITS).put((byte) GREY);
        chunk(file, "IHDR", header.array());
        chunk(file, "prVt", new byte[bytes]);
        chunk(file, "IDAT", deflated(new byte[(SIDE + 1) * SIDE]));
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static byte[] deflated(byte[] rows) {
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(rows);
            deflater.finish();
            byte[] target = new byte[rows.length];
            int length = deflater.deflate(target);
            return Arrays.copyOf(target, length);
        }
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 checksum = new CRC32();
        checksum.update(name);
        checksum.update(data);
        file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        file.writeBytes(name);
        file.writeBytes(data);
        file.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }
}
