package dev.retouch.server.image;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import dev.retouch.server.image.ImageMetadata.Oddity;

/**
 * Reads an image's format and dimensions from its first bytes, without decoding it: PNG by its IHDR and tRNS chunks
 * (W3C PNG, section 11), JPEG by its frame header, WebP by its chunks, GIF by its logical screen and SVG by
 * its root element. The dimensions are those of the image as it is displayed, by the EXIF
 * orientation of all three.
 */
public final class ImageProbe {

    private static final int HEAD = 12;
    private static final int BUFFER = 16 * 1024;
    /** The longest edge that JPEG allows; a row of a longer image would not fit in memory. */
    private static final int MAX_EDGE = 65_535;

    /** Reads the header of an image. */
    public ImageMetadata probe(ImageBytes image) throws IOException, InvalidImageException {
        try (InputStream in = new BufferedInputStream(image.open(), BUFFER)) {
            return probe(in);
        }
    }

    /**
     * Reads format and dimensions from the first bytes of an image. Empty if they are not in these bytes, or if the format is unknown.
     * Whether colours are transparent is known only if it is in these bytes, too. Providers put a signed history of several kilobytes
     * (C2PA) between the dimensions of a PNG and its pixels.
     */
    public Optional<ImageMetadata> probeBeginning(byte[] first) {
        try {
            InputStream in = new ByteArrayInputStream(first);
            boolean png = ImageFormat.byMagic(Arrays.copyOf(first, HEAD)).equals(Optional.of(ImageFormat.PNG));
            return Optional.of(png ? facts(PngHeader.readBeginning(new DataInputStream(in))) : probe(in));
        } catch (IOException | InvalidImageException _) {
            return Optional.empty();
        }
    }

    /** Reads the header of an image from a stream. */
    public ImageMetadata probe(InputStream in) throws IOException, InvalidImageException {
        InputStream again = in.markSupported() ? in : new BufferedInputStream(in, BUFFER);
        again.mark(HEAD);
        byte[] head = again.readNBytes(HEAD);
        again.reset();
        try {
            return probe(head, new DataInputStream(again));
        } catch (EOFException e) {
            throw InvalidImageException.damaged("it ends before its dimensions");
        }
    }

    private static ImageMetadata probe(byte[] head, DataInputStream in) throws IOException, InvalidImageException {
        Optional<ImageFormat> format = ImageFormat.byMagic(head);
        if (format.isEmpty()) {
            Optional<SvgHeader> svg = SvgHeader.read(in);
            if (svg.isPresent()) {
                return facts(ImageFormat.SVG, svg.get().width(), svg.get().height(), true, Oddity.NONE);
            }
            throw InvalidImageException.notAnImage(guess(head));
        }
        return switch (format.get()) {
            case PNG -> png(in);
            case JPEG -> jpeg(in);
            case WEBP -> webp(in);
            case GIF -> gif(in);
            case SVG -> throw new IllegalStateException("svg has no magic bytes");
        };
    }

    private static ImageMetadata png(DataInputStream in) throws IOException, InvalidImageException {
        return facts(PngHeader.read(in));
    }

    private static ImageMetadata facts(PngHeader header) throws InvalidImageException {
        return facts(ImageFormat.PNG, header.width(), header.height(), header.mayBeTransparent(),
                header.animated() ? Oddity.ANIMATED : Oddity.NONE).displayedBy(header.orientation());
    }

    private static ImageMetadata jpeg(DataInputStream in) throws IOException, InvalidImageException {
        JpegHeader header = JpegHeader.read(in);
        Oddity colours = header.components() == 4 ? Oddity.CMYK : Oddity.NONE;
        ImageMetadata stored = facts(ImageFormat.JPEG, header.width(), header.height(), false,
                header.severalPictures() ? Oddity.SEVERAL_PICTURES : colours);
        return stored.displayedBy(header.orientation());
    }

    private static ImageMetadata webp(DataInputStream in) throws IOException, InvalidImageException {
        WebpHeader header = WebpHeader.read(in);
        return facts(ImageFormat.WEBP, header.width(), header.height(), header.alpha(),
                header.animated() ? Oddity.ANIMATED : Oddity.NONE).displayedBy(header.orientation());
    }

    /** The logical screen of GIF89a, section 18; whether it is an animation shows only further behind. */
    private static ImageMetadata gif(DataInputStream in) throws IOException, InvalidImageException {
        in.skipNBytes(6);
        int width = WebpHeader.littleEndian(in, 2);
        return facts(ImageFormat.GIF, width, WebpHeader.littleEndian(in, 2), true, Oddity.NONE);
    }

    private static ImageMetadata facts(ImageFormat format, int width, int height, boolean alpha, Oddity oddity)
            throws InvalidImageException {
        if (width <= 0 || height <= 0 || width > MAX_EDGE || height > MAX_EDGE) {
            throw InvalidImageException.damaged("it says that it is " + width + "x" + height + " pixels large");
        }
        return new ImageMetadata(format, width, height, alpha, oddity);
    }

    /** The type of files that are sent by mistake, for the message. */
    private static String guess(byte[] head) {
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
