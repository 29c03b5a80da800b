package dev.retouch.mock.picture;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;

/** Reads only the headers of an image file. The format goes by the first bytes, never by a name or a content type. */
public final class ImageProbe {

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int TRNS = 0x74524E53;
    private static final int RIFF = 0x52494646;
    private static final int WEBP = 0x57454250;
    private static final int VP8_LOSSY = 0x56503820;
    private static final int VP8_LOSSLESS = 0x5650384C;
    private static final int VP8_EXTENDED = 0x56503858;

    private ImageProbe() {}

    /** Empty when the first bytes are those of no known format. */
    public static Optional<ImageFormat> format(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            if (in.length() < 12) {
                return Optional.empty();
            }
            long first = in.readLong();
            if (first == PNG_SIGNATURE) {
                return Optional.of(ImageFormat.PNG);
            }
            if (first >>> 40 == 0xFFD8FF) {
                return Optional.of(ImageFormat.JPEG);
            }
            return first >>> 32 == RIFF && in.readInt() == WEBP ? Optional.of(ImageFormat.WEBP) : Optional.empty();
        }
    }

    public static ImageFacts facts(Path file, ImageFormat format) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            ImageFacts facts = switch (format) {
                case PNG -> png(in);
                case JPEG -> new JpegHeaders(in).facts();
                case WEBP -> webp(in);
            };
            if (facts.width() < 1 || facts.height() < 1) {
                throw new UnreadableImage("The image has no pixels.");
            }
            return facts;
        } catch (EOFException _) {
            throw new UnreadableImage("The image file is truncated.");
        }
    }

    private static ImageFacts png(RandomAccessFile in) throws IOException {
        in.seek(12);
        if (in.readInt() != IHDR) {
            throw new UnreadableImage("The image file is not a valid PNG.");
        }
        int width = in.readInt();
        int height = in.readInt();
        in.readByte();
        int colorType = in.readUnsignedByte();
        boolean alphaChannel = colorType == 4 || colorType == 6;
        return new ImageFacts(ImageFormat.PNG, width, height, alphaChannel || hasTransparentColor(in), 1);
    }

    /** Palette and plain images say in a chunk before the pixels which colours are transparent. */
    private static boolean hasTransparentColor(RandomAccessFile in) throws IOException {
        for (long at = 33; at + 8 <= in.length();) {
            in.seek(at);
            long length = Integer.toUnsignedLong(in.readInt());
            int type = in.readInt();
            if (type == IDAT) {
                return false;
            }
            if (type == TRNS) {
                return true;
            }
            at += length + 12;
        }
        throw new UnreadableImage("The image file is truncated.");
    }

    private static ImageFacts webp(RandomAccessFile in) throws IOException {
        in.seek(12);
        return switch (in.readInt()) {
            case VP8_EXTENDED -> {
                in.seek(20);
                boolean alpha = (in.readUnsignedByte() & 0x10) != 0;
                in.seek(24);
                int width = 1 + littleEndian(in, 3);
                yield new ImageFacts(ImageFormat.WEBP, width, 1 + littleEndian(in, 3), alpha, 1);
            }
            case VP8_LOSSLESS -> {
                in.seek(21);
                int bits = littleEndian(in, 4);
                yield new ImageFacts(ImageFormat.WEBP, 1 + (bits & 0x3FFF), 1 + ((bits >>> 14) & 0x3FFF),
                        ((bits >>> 28) & 1) == 1, 1);
            }
            case VP8_LOSSY -> {
                in.seek(26);
                int width = littleEndian(in, 2) & 0x3FFF;
                yield new ImageFacts(ImageFormat.WEBP, width, littleEndian(in, 2) & 0x3FFF, false, 1);
            }
            default -> throw new UnreadableImage("The image file is not a valid WebP.");
        };
    }

    private static int littleEndian(RandomAccessFile in, int bytes) throws IOException {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= in.readUnsignedByte() << (8 * i);
        }
        return value;
    }
}
