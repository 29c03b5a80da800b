package dev.retouch.server.image;

import java.io.DataInputStream;
import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * What stands before a PNG's pixels (W3C PNG, section 11): its dimensions, how its pixels are written, and which of them
 * count as transparent. Reading it leaves the stream at the first byte of pixels.
 *
 * @param width in pixels
 * @param height in pixels
 * @param bitDepth bits per sample
 * @param colourType 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha
 * @param interlaced whether the rows come in Adam7's order
 * @param transparency the content of the tRNS chunk, if there is one
 * @param animated whether it is an animation
 * @param firstPixelChunk the length of the first chunk of pixels
 */
record PngHeader(int width, int height, int bitDepth, int colourType, boolean interlaced, Transparency transparency,
        boolean animated, int firstPixelChunk) {

    static final int SIGNATURE_BYTES = 8;
    static final int IDAT = 0x49444154;
    private static final int IHDR = 0x49484452;
    private static final int TRNS = 0x74524e53;
    private static final int ACTL = 0x6163544c;
    private static final int IEND = 0x49454e44;
    private static final int MOST_TRNS = 256;

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

    static PngHeader read(DataInputStream in) throws IOException, BadImageException {
        in.skipNBytes(SIGNATURE_BYTES);
        int length = in.readInt();
        if (in.readInt() != IHDR || length != 13) {
            throw BadImageException.damaged("a png that does not begin with its dimensions");
        }
        int width = in.readInt();
        int height = in.readInt();
        int bitDepth = in.readUnsignedByte();
        int colourType = in.readUnsignedByte();
        if (!exists(colourType, bitDepth)) {
            throw BadImageException.damaged("a png whose kind of pixels does not exist");
        }
        in.skipNBytes(2);
        boolean interlaced = in.readUnsignedByte() != 0;
        in.skipNBytes(4);
        byte[] transparency = null;
        boolean animated = false;
        while (true) {
            length = in.readInt();
            int type = in.readInt();
            if (length < 0 || type == IEND) {
                throw BadImageException.damaged("a png without pixels");
            }
            if (type == IDAT) {
                return new PngHeader(width, height, bitDepth, colourType, interlaced, new Transparency(transparency),
                        animated, length);
            }
            animated |= type == ACTL;
            if (type == TRNS && length <= MOST_TRNS) {
                transparency = in.readNBytes(length);
                in.skipNBytes(4);
            } else {
                in.skipNBytes(length + 4L);
            }
        }
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

    /** Whether a row of unfiltered bytes has a fully transparent pixel among its first columns. */
    boolean hasTransparentPixel(byte[] row, int columns) {
        int samples = bitsPerPixel() / bitDepth;
        for (int x = 0; x < columns; x++) {
            boolean transparent = switch (colourType) {
                case 3 -> transparency.paletteEntry(sample(row, x));
                case 4, 6 -> sample(row, x * samples + samples - 1) == 0;
                default -> isTransparentColour(row, x * samples, samples);
            };
            if (transparent) {
                return true;
            }
        }
        return false;
    }

    private boolean isTransparentColour(byte[] row, int firstSample, int samples) {
        for (int i = 0; i < samples; i++) {
            if (sample(row, firstSample + i) != transparency.sample(i)) {
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
