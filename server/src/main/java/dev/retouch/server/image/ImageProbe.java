package dev.retouch.server.image;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import dev.retouch.server.image.ImageFacts.Oddity;

/**
 * Reads an image's format and dimensions from its first bytes, without decoding it: PNG by its IHDR and tRNS chunks
 * (W3C PNG, section 11), JPEG by its frame header (ITU T.81, annex B), WebP by its first chunk (RFC 9649).
 */
public final class ImageProbe {

    private static final int HEAD = 12;
    /** What a jpeg can have at most; nobody takes longer ones, and a row of one would not fit in memory. */
    private static final int LONGEST_EDGE = 65_535;
    private static final byte[] MULTI_PICTURE = {'M', 'P', 'F', 0};

    /** Looks at an image. */
    public ImageFacts probe(ImageBytes image) throws IOException, BadImageException {
        try (InputStream in = image.open()) {
            return probe(in);
        }
    }

    /** Looks at an image of which perhaps only the beginning is there. */
    public ImageFacts probe(InputStream in) throws IOException, BadImageException {
        byte[] head = in.readNBytes(HEAD);
        DataInputStream rest = new DataInputStream(new SequenceInputStream(new ByteArrayInputStream(head), in));
        try {
            return probe(head, rest);
        } catch (EOFException e) {
            throw BadImageException.damaged("it ends before its dimensions");
        }
    }

    private static ImageFacts probe(byte[] head, DataInputStream in) throws IOException, BadImageException {
        Optional<ImageFormat> format = ImageFormat.byMagic(head);
        if (format.isEmpty()) {
            throw BadImageException.notAnImage(guess(head));
        }
        return switch (format.get()) {
            case PNG -> png(in);
            case JPEG -> jpeg(in);
            case WEBP -> webp(in);
        };
    }

    private static ImageFacts png(DataInputStream in) throws IOException, BadImageException {
        PngHeader header = PngHeader.read(in);
        return facts(ImageFormat.PNG, header.width(), header.height(), header.mayBeTransparent(),
                header.animated() ? Oddity.ANIMATED : Oddity.NONE);
    }

    private static ImageFacts jpeg(DataInputStream in) throws IOException, BadImageException {
        in.skipNBytes(2);
        boolean severalPictures = false;
        while (true) {
            if (in.readUnsignedByte() != 0xff) {
                throw BadImageException.damaged("a jpeg whose segments do not follow each other");
            }
            int marker = in.readUnsignedByte();
            while (marker == 0xff) {
                marker = in.readUnsignedByte();
            }
            if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
                continue;
            }
            int length = in.readUnsignedShort();
            if (length < 2 || marker == 0xd9 || marker == 0xda) {
                throw BadImageException.damaged("a jpeg without dimensions");
            }
            boolean frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            if (frame) {
                in.readByte();
                int height = in.readUnsignedShort();
                int width = in.readUnsignedShort();
                Oddity colours = in.readUnsignedByte() == 4 ? Oddity.CMYK : Oddity.NONE;
                return facts(ImageFormat.JPEG, width, height, false,
                        severalPictures ? Oddity.SEVERAL_PICTURES : colours);
            }
            byte[] start = in.readNBytes(Math.min(length - 2, MULTI_PICTURE.length));
            severalPictures |= marker == 0xe2 && Arrays.equals(start, MULTI_PICTURE); // CIPA DC-007
            in.skipNBytes(length - 2L - start.length);
        }
    }

    private static ImageFacts webp(DataInputStream in) throws IOException, BadImageException {
        in.skipNBytes(12);
        String chunk = new String(in.readNBytes(4), StandardCharsets.US_ASCII);
        in.skipNBytes(4);
        return switch (chunk) {
            case "VP8 " -> {
                in.skipNBytes(6);
                int width = littleEndian(in, 2) & 0x3fff;
                yield facts(ImageFormat.WEBP, width, littleEndian(in, 2) & 0x3fff, false, Oddity.NONE);
            }
            case "VP8L" -> {
                in.skipNBytes(1);
                int bits = littleEndian(in, 4);
                boolean alpha = ((bits >>> 28) & 1) != 0;
                yield facts(ImageFormat.WEBP, (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1, alpha, Oddity.NONE);
            }
            case "VP8X" -> {
                int flags = in.readUnsignedByte();
                in.skipNBytes(3);
                int width = littleEndian(in, 3) + 1;
                yield facts(ImageFormat.WEBP, width, littleEndian(in, 3) + 1, (flags & 0x10) != 0,
                        (flags & 0x02) != 0 ? Oddity.ANIMATED : Oddity.NONE);
            }
            default -> throw BadImageException.damaged("a webp that does not begin with an image");
        };
    }

    private static ImageFacts facts(ImageFormat format, int width, int height, boolean alpha, Oddity oddity)
            throws BadImageException {
        if (width <= 0 || height <= 0 || width > LONGEST_EDGE || height > LONGEST_EDGE) {
            throw BadImageException.damaged("it says that it is " + width + "x" + height + " pixels large");
        }
        return new ImageFacts(format, width, height, alpha, oddity);
    }

    private static int littleEndian(DataInputStream in, int bytes) throws IOException {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= in.readUnsignedByte() << (8 * i);
        }
        return value;
    }

    /** What people send by mistake, so that the message can say what it was. */
    private static String guess(byte[] head) {
        if (startsWith(head, 0, ascii("GIF8"))) {
            return "image/gif";
        }
        if (startsWith(head, 0, ascii("%PDF"))) {
            return "application/pdf";
        }
        if (startsWith(head, 4, ascii("ftyp"))) {
            return "image/heic or another of its family";
        }
        if (startsWith(head, 0, ascii("BM"))) {
            return "image/bmp";
        }
        for (byte value : head) {
            boolean text = value >= ' ' || value == '\n' || value == '\r' || value == '\t' || value < 0;
            if (!text) {
                return "application/octet-stream";
            }
        }
        return "text/plain";
    }

    private static boolean startsWith(byte[] head, int offset, byte[] magic) {
        return head.length >= offset + magic.length
                && Arrays.equals(head, offset, offset + magic.length, magic, 0, magic.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
