package dev.retouch.mock.picture;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the headers of an image file. The format is detected by the first bytes, not by a name or a content type. */
public final class ImageProbe {

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int TRNS = 0x74524E53;
    private static final int PNG_EXIF = 0x65584966;
    private static final int RIFF = 0x52494646;
    private static final int WEBP = 0x57454250;
    private static final int VP8_LOSSY = 0x56503820;
    private static final int VP8_LOSSLESS = 0x5650384C;
    private static final int VP8_EXTENDED = 0x56503858;
    private static final int WEBP_EXIF = 0x45584946;
    private static final int JPEG_PREFIX_BYTES = 6;
    private static final int MAX_EXIF = 65_535;
    private static final int MAX_CHUNKS = 10_000;

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
                case JPEG -> jpeg(file);
                case WEBP -> webp(in);
                case GIF, SVG ->
                    throw new UnreadableImageException("The image cannot be edited as " + format.wireName() + ".");
            };
            if (facts.width() < 1 || facts.height() < 1) {
                throw new UnreadableImageException("The image has no pixels.");
            }
            return facts;
        } catch (EOFException _) {
            throw new UnreadableImageException("The image file is truncated.");
        }
    }

    private static ImageFacts jpeg(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return new JpegHeaders(in).facts();
        }
    }

    private static ImageFacts png(RandomAccessFile in) throws IOException {
        in.seek(12);
        if (in.readInt() != IHDR) {
            throw new UnreadableImageException("The image file is not a valid PNG.");
        }
        int width = in.readInt();
        int height = in.readInt();
        in.readByte();
        int colorType = in.readUnsignedByte();
        boolean alphaChannel = colorType == 4 || colorType == 6;
        return chunks(in, new ImageFacts(ImageFormat.PNG, width, height, alphaChannel, ExifOrientation.UPRIGHT));
    }

    /** Chunks before the pixels say which colours of palette and plain images are transparent, and how the image is turned. */
    private static ImageFacts chunks(RandomAccessFile in, ImageFacts stored) throws IOException {
        boolean alpha = stored.alpha();
        int orientation = ExifOrientation.UPRIGHT;
        for (long at = 33; at + 8 <= in.length();) {
            in.seek(at);
            long length = Integer.toUnsignedLong(in.readInt());
            int type = in.readInt();
            if (type == IDAT) {
                return new ImageFacts(ImageFormat.PNG, stored.width(), stored.height(), alpha, ExifOrientation.UPRIGHT)
                        .displayedBy(orientation);
            }
            alpha |= type == TRNS;
            if (type == PNG_EXIF) {
                orientation = ExifOrientation.of(exif(in, length), 0);
            }
            at += length + 12;
        }
        throw new UnreadableImageException("The image file is truncated.");
    }

    private static byte[] exif(RandomAccessFile in, long length) throws IOException {
        byte[] content = new byte[(int) Math.min(length, MAX_EXIF)];
        in.readFully(content);
        return content;
    }

    private static ImageFacts webp(RandomAccessFile in) throws IOException {
        in.seek(12);
        return switch (in.readInt()) {
            case VP8_EXTENDED -> {
                in.seek(20);
                int flags = in.readUnsignedByte();
                in.seek(24);
                int width = 1 + littleEndian(in, 3);
                yield new ImageFacts(ImageFormat.WEBP, width, 1 + littleEndian(in, 3), (flags & 0x10) != 0,
                        ExifOrientation.UPRIGHT)
                        .displayedBy((flags & 0x08) == 0 ? ExifOrientation.UPRIGHT : webpOrientation(in));
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
            default -> throw new UnreadableImageException("The image file is not a valid WebP.");
        };
    }

    private static int webpOrientation(RandomAccessFile in) throws IOException {
        long at = 30;
        for (int i = 0; i < MAX_CHUNKS && at + 8 <= in.length(); i++) {
            in.seek(at);
            int name = in.readInt();
            long size = Integer.toUnsignedLong(littleEndian(in, 4));
            if (name == WEBP_EXIF && at + 8 + size <= in.length()) {
                byte[] content = exif(in, size);
                boolean prefixed = content.length > 0 && content[0] == 'E'; // some programs write the prefix of JPEG
                return ExifOrientation.of(content, prefixed ? JPEG_PREFIX_BYTES : 0);
            }
            at += 8 + size + (size & 1);
        }
        return ExifOrientation.UPRIGHT;
    }

    private static int littleEndian(RandomAccessFile in, int bytes) throws IOException {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= in.readUnsignedByte() << (8 * i);
        }
        return value;
    }
}
