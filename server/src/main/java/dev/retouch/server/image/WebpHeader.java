package dev.retouch.server.image;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The chunks of a WebP that say how large it is (RFC 9649).
 *
 * @param width in pixels
 * @param height in pixels
 * @param alpha whether it has an alpha channel
 * @param animated whether it has more than one frame; the bit in its header alone says nothing
 * @param orientation EXIF orientation, 1 to 8
 */
record WebpHeader(int width, int height, boolean alpha, boolean animated, int orientation) {

    private static final int ANIMATION = 0x02;
    private static final int EXIF = 0x08;
    private static final int ALPHA = 0x10;
    /** EXIF of a JPEG cannot be longer. */
    private static final long MAX_EXIF = 65_535;
    /** Some programs write the prefix of a JPEG's EXIF. */
    private static final byte[] JPEG_PREFIX = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    private static final int MAX_CHUNKS = 10_000;

    /** Reads from the first byte of the file. */
    static WebpHeader read(DataInputStream in) throws IOException, InvalidImageException {
        in.skipNBytes(12);
        String chunk = name(in);
        long size = Integer.toUnsignedLong(littleEndian(in, 4));
        return switch (chunk) {
            case "VP8 " -> {
                in.skipNBytes(6);
                int width = littleEndian(in, 2) & 0x3fff;
                yield new WebpHeader(width, littleEndian(in, 2) & 0x3fff, false, false, 1);
            }
            case "VP8L" -> {
                in.skipNBytes(1);
                int bits = littleEndian(in, 4);
                boolean alpha = ((bits >>> 28) & 1) != 0;
                yield new WebpHeader((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1, alpha, false, 1);
            }
            case "VP8X" -> {
                int flags = in.readUnsignedByte();
                in.skipNBytes(3);
                int width = littleEndian(in, 3) + 1;
                int height = littleEndian(in, 3) + 1;
                boolean alpha = (flags & ALPHA) != 0;
                yield (flags & (ANIMATION | EXIF)) == 0
                        ? new WebpHeader(width, height, alpha, false, 1)
                        : new Chunks(flags).read(in, size - 10).header(width, height, alpha);
            }
            default -> throw InvalidImageException.damaged("a webp that does not begin with an image");
        };
    }

    /** Collects what the chunks behind the header say, which may be at the end of the file. */
    private static final class Chunks {

        private final int flags;
        private int frames;
        private int orientation = 1;
        private boolean exif;

        Chunks(int flags) {
            this.flags = flags;
        }

        Chunks read(DataInputStream in, long restOfHeader) throws IOException {
            try {
                in.skipNBytes(Math.max(0, restOfHeader));
                for (int i = 0; i < MAX_CHUNKS && !done(); i++) {
                    add(name(in), Integer.toUnsignedLong(littleEndian(in, 4)), in);
                }
            } catch (EOFException e) {
                // the end of the file
            }
            return this;
        }

        private boolean done() {
            return ((flags & ANIMATION) == 0 || frames > 1) && ((flags & EXIF) == 0 || exif);
        }

        private void add(String name, long size, DataInputStream in) throws IOException {
            if (name.equals("ANMF")) {
                frames++;
            }
            if (name.equals("EXIF") && size <= MAX_EXIF && !exif) {
                byte[] content = new byte[(int) size];
                in.readFully(content);
                boolean prefixed = Arrays.equals(JPEG_PREFIX, Arrays.copyOf(content, JPEG_PREFIX.length));
                orientation = TiffDirectory.orientation(content, prefixed ? JPEG_PREFIX.length : 0);
                exif = true;
                in.skipNBytes(size & 1);
            } else {
                in.skipNBytes(size + (size & 1));
            }
        }

        WebpHeader header(int width, int height, boolean alpha) {
            return new WebpHeader(width, height, alpha, (flags & ANIMATION) != 0 && frames > 1, orientation);
        }
    }

    private static String name(DataInputStream in) throws IOException {
        byte[] name = new byte[4];
        in.readFully(name);
        return new String(name, StandardCharsets.US_ASCII);
    }

    static int littleEndian(DataInputStream in, int bytes) throws IOException {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= in.readUnsignedByte() << (8 * i);
        }
        return value;
    }
}
