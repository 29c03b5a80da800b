package dev.retouch.server.image;

import java.io.DataInputStream;
import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * The chunks of a PNG before its pixels (W3C PNG, section 11): dimensions, layout of the pixels, and which of them are
 * transparent. After {@link #read} the stream is at the first byte of pixels.
 *
 * @param width in pixels
 * @param height in pixels
 * @param bitDepth bits per sample
 * @param colourType 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha
 * @param interlaced whether the rows are in the order of Adam7
 * @param transparency the content of the tRNS chunk; absent if not given
 * @param animated whether it has more than one frame
 * @param orientation EXIF orientation, 1 to 8
 * @param firstPixelChunk the length of the first chunk of pixels; zero if it was not reached
 */
record PngHeader(int width, int height, int bitDepth, int colourType, boolean interlaced, Transparency transparency,
        boolean animated, int orientation, int firstPixelChunk) {

    static final int SIGNATURE_BYTES = 8;
    static final int IDAT = 0x49444154;
    private static final int IHDR = 0x49484452;
    private static final int TRNS = 0x74524e53;
    private static final int ACTL = 0x6163544c;
    static final int IEND = 0x49454e44;
    private static final int EXIF = 0x65584966;
    /** EXIF of a JPEG cannot be longer. */
    private static final int MAX_EXIF = 65_535;
    private static final int ACTL_BYTES = 8;
    private static final int MAX_TRNS = 256;
    private static final int MAX_CHUNKS = 10_000;
    /** The length and the type of a chunk. */
    private static final int CHUNK_NAME_BYTES = 8;
    private static final long CHECKSUM_BYTES = 4;
    /** First column, first row, column step and row step of the passes of Adam7. */
    private static final int[][] ADAM7 = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4},
            {1, 0, 2, 2}, {0, 1, 1, 2}};
    private static final int[][] WHOLE = {{0, 0, 1, 1}};

    /** The tRNS chunk: alphas of a palette's first colours, or the one colour that is transparent. */
    static final class Transparency {

        private final byte @Nullable [] chunk;

        Transparency(byte @Nullable [] chunk) {
            this.chunk = chunk;
        }

        boolean given() {
            return chunk != null;
        }

        /** Whether a colour of the palette is fully transparent. */
        boolean paletteEntry(int index) {
            return chunk != null && index < chunk.length && chunk[index] == 0;
        }

        /** One sample of the colour that is transparent. */
        int sample(int number) {
            return chunk == null || chunk.length < 2 * number + 2
                    ? -1
                    : ((chunk[2 * number] & 0xff) << 8) | (chunk[2 * number + 1] & 0xff);
        }
    }

    static PngHeader read(DataInputStream in) throws IOException, InvalidImageException {
        return read(in, false);
    }

    /**
     * Reads an image of which the stream has the first bytes only. Dimensions and kind of pixels are in them; other chunks count if they
     * are complete.
     */
    static PngHeader readBeginning(DataInputStream in) throws IOException, InvalidImageException {
        return read(in, true);
    }

    private static PngHeader read(DataInputStream in, boolean beginning) throws IOException, InvalidImageException {
        in.skipNBytes(SIGNATURE_BYTES);
        int length = in.readInt();
        if (in.readInt() != IHDR || length != 13) {
            throw InvalidImageException.damaged("a png that does not begin with its dimensions");
        }
        int width = in.readInt();
        int height = in.readInt();
        int bitDepth = in.readUnsignedByte();
        int colourType = in.readUnsignedByte();
        if (!exists(colourType, bitDepth)) {
            throw InvalidImageException.damaged("a png whose kind of pixels does not exist");
        }
        in.skipNBytes(2);
        boolean interlaced = in.readUnsignedByte() != 0;
        in.skipNBytes(4);
        byte[] transparency = null;
        boolean animated = false;
        int orientation = 1;
        for (int count = 0; count < MAX_CHUNKS; count++) {
            if (beginning && in.available() < CHUNK_NAME_BYTES) {
                return new PngHeader(width, height, bitDepth, colourType, interlaced, new Transparency(transparency),
                        animated, orientation, 0);
            }
            length = in.readInt();
            int type = in.readInt();
            if (length < 0 || type == IEND) {
                throw InvalidImageException.damaged("a png without pixels");
            }
            if (type == IDAT) {
                return new PngHeader(width, height, bitDepth, colourType, interlaced, new Transparency(transparency),
                        animated, orientation, length);
            }
            if (beginning && in.available() < length + CHECKSUM_BYTES) {
                return new PngHeader(width, height, bitDepth, colourType, interlaced, new Transparency(transparency),
                        animated, orientation, 0);
            }
            if (type == ACTL && length == ACTL_BYTES) {
                animated |= Integer.compareUnsigned(in.readInt(), 1) > 0; // one frame is a still image
                in.skipNBytes(ACTL_BYTES);
            } else if (type == EXIF && length <= MAX_EXIF) {
                orientation = TiffDirectory.orientation(in.readNBytes(length), 0);
                in.skipNBytes(4);
            } else if (type == TRNS && length <= MAX_TRNS) {
                transparency = in.readNBytes(length);
                in.skipNBytes(4);
            } else {
                in.skipNBytes(length + 4L);
            }
        }
        throw InvalidImageException.damaged("a png with too many chunks before its pixels");
    }

    private static boolean exists(int colourType, int bitDepth) {
        return switch (colourType) {
            case 0 -> bitDepth <= 16 && Integer.bitCount(bitDepth) == 1;
            case 3 -> bitDepth <= 8 && Integer.bitCount(bitDepth) == 1;
            case 2, 4, 6 -> bitDepth == 8 || bitDepth == 16;
            default -> false;
        };
    }

    /** Whether it has an alpha channel or transparent colours. */
    boolean mayBeTransparent() {
        return (colourType & 4) != 0 || transparency.given();
    }

    int bitsPerPixel() {
        return bitDepth * switch (colourType) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    /** First column, first row, column step and row step of each pass over the image. */
    int[][] passes() {
        return interlaced ? ADAM7 : WHOLE;
    }

    /** Length of all rows with their filter types, in bytes, before compression. */
    long pixelBytes() {
        long bytes = 0;
        for (int[] pass : passes()) {
            long columns = Math.ceilDiv(width - pass[0], pass[2]);
            long rows = Math.ceilDiv(height - pass[1], pass[3]);
            if (columns > 0 && rows > 0) {
                bytes += rows * (1 + Math.ceilDiv(columns * bitsPerPixel(), 8L));
            }
        }
        return bytes;
    }

    /** Whether a row of unfiltered bytes has a fully transparent pixel among its first columns. */
    boolean hasTransparentPixel(byte[] row, int columns) {
        for (int x = 0; x < columns; x++) {
            if (isTransparentPixel(row, x)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the pixel of a column of a row of unfiltered bytes is fully transparent. */
    boolean isTransparentPixel(byte[] row, int x) {
        int samples = bitsPerPixel() / bitDepth;
        return switch (colourType) {
            case 3 -> transparency.paletteEntry(sample(row, x));
            case 4, 6 -> sample(row, x * samples + samples - 1) == 0;
            default -> isTransparentColour(row, x * samples, samples);
        };
    }

    private boolean isTransparentColour(byte[] row, int firstSample, int samples) {
        for (int i = 0; i < samples; i++) {
            int transparent = transparency.sample(i);
            // decoders look at the low bits only: W3C PNG, section 11.3.1.1
            if (transparent < 0 || sample(row, firstSample + i) != (transparent & ((1 << bitDepth) - 1))) {
                return false;
            }
        }
        return true;
    }

    private int sample(byte[] row, int number) {
        return switch (bitDepth) {
            case 8 -> row[number] & 0xff;
            case 16 -> ((row[2 * number] & 0xff) << 8) | (row[2 * number + 1] & 0xff);
            default -> {
                int bit = number * bitDepth;
                yield ((row[bit / 8] & 0xff) >>> (8 - bitDepth - bit % 8)) & ((1 << bitDepth) - 1);
            }
        };
    }
}
