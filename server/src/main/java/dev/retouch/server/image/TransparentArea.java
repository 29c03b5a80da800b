package dev.retouch.server.image;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * The fully transparent pixels of an image: the area that an edit may change.
 *
 * @param width in pixels
 * @param height in pixels
 * @param pixels the transparent pixels, bit {@code y * width + x}; not changed after construction
 */
public record TransparentArea(int width, int height, BitSet pixels) {

    /** The largest image whose area is kept: a bit for each pixel. */
    public static final long MAX_PIXELS = 64L << 20;

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte WHITE = (byte) 0xff;

    /**
     * The area as a PNG of grey pixels that are black or white, row by row.
     *
     * @param white whether the area is white on black; otherwise it is black on white
     */
    public byte[] toGreyPng(boolean white) {
        try {
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            png.writeBytes(SIGNATURE);
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            DataOutputStream fields = new DataOutputStream(header);
            fields.writeInt(width);
            fields.writeInt(height);
            fields.write(new byte[]{8, 0, 0, 0, 0});
            chunk(png, "IHDR", header.toByteArray());
            chunk(png, "IDAT", rows(white));
            chunk(png, "IEND", new byte[0]);
            return png.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] rows(boolean white) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        byte[] row = new byte[width + 1];
        try (DeflaterOutputStream out = new DeflaterOutputStream(compressed)) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    row[x + 1] = pixels.get(y * width + x) == white ? WHITE : 0;
                }
                out.write(row);
            }
        }
        return compressed.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] content) throws IOException {
        byte[] name = {(byte) type.charAt(0), (byte) type.charAt(1), (byte) type.charAt(2), (byte) type.charAt(3)};
        CRC32 check = new CRC32();
        check.update(name);
        check.update(content);
        DataOutputStream out = new DataOutputStream(png);
        out.writeInt(content.length);
        out.write(name);
        out.write(content);
        out.writeInt((int) check.getValue());
    }
}
