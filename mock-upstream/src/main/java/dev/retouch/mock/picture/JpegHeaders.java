package dev.retouch.mock.picture;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Walks the markers of a JPEG up to its dimensions, picking up the EXIF orientation on the way. */
final class JpegHeaders {

    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    private final DataInputStream in;
    private int orientation = ExifOrientation.UPRIGHT;
    private boolean oriented;

    /** Reads from the first byte of a file, through a buffer. */
    JpegHeaders(DataInputStream in) {
        this.in = in;
    }

    ImageFacts facts() throws IOException {
        in.skipNBytes(2);
        while (true) {
            int marker = marker();
            if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
                continue; // no content
            }
            if (marker == 0xD9 || marker == 0xDA) {
                throw new UnreadableImageException("The image file is not a valid JPEG.");
            }
            int length = in.readUnsignedShort() - 2;
            if (length < 0) {
                throw new UnreadableImageException("The image file is not a valid JPEG.");
            }
            if (isFrame(marker)) {
                return frame();
            }
            if (marker == 0xE1 && !oriented) {
                readExif(length);
            } else {
                in.skipNBytes(length);
            }
        }
    }

    /** The next marker; fill bytes and bytes between segments are skipped, as decoders do. */
    private int marker() throws IOException {
        int previous = 0;
        while (true) {
            int value = in.readUnsignedByte();
            if (previous == 0xFF && value != 0xFF && value != 0) {
                return value;
            }
            previous = value;
        }
    }

    /** SOF0 to SOF15, without the tables that lie between them. */
    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    private ImageFacts frame() throws IOException {
        in.readByte();
        int height = in.readUnsignedShort();
        int width = in.readUnsignedShort();
        return new ImageFacts(ImageFormat.JPEG, width, height, false, ExifOrientation.UPRIGHT).displayedBy(orientation);
    }

    private void readExif(int length) throws IOException {
        byte[] content = new byte[length];
        in.readFully(content);
        if (Arrays.equals(EXIF, Arrays.copyOf(content, EXIF.length))) {
            orientation = ExifOrientation.of(content, EXIF.length);
            oriented = true;
        }
    }
}
