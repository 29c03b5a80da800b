package dev.retouch.server.image;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The segments of a JPEG before its pixels (ITU T.81, annex B). Bytes between segments are skipped, as decoders do.
 *
 * @param width stored width in pixels
 * @param height stored height in pixels
 * @param components number of colour components
 * @param progressive whether the pixels come in several scans, so that a decoder needs memory for all of them
 * @param orientation EXIF orientation, 1 to 8
 * @param severalPictures whether the file is a multi-picture file (MPO)
 */
record JpegHeader(int width, int height, int components, boolean progressive, int orientation,
        boolean severalPictures) {

    private static final int UPRIGHT = 1;
    private static final int NUMBER_OF_PICTURES = 0xb001;
    private static final int APP1 = 0xe1;
    private static final int APP2 = 0xe2;
    private static final byte[] EXIF = ascii("Exif\0\0");
    private static final byte[] MULTI_PICTURE = ascii("MPF\0");
    private static final byte[] XMP = ascii("http://ns.adobe.com/xap/1.0/\0");
    /** ISO 21496-1, the standard of gain maps. */
    private static final byte[] GAIN_MAP = ascii("urn:iso:std:iso:ts:21496:-1\0");
    /** Bytes before the frame header: more than any model accepts in a file. */
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_SEGMENTS = 10_000;

    /** Collects what the segments before the frame header say. */
    private static final class Segments {

        private int orientation = UPRIGHT;
        private boolean exif;
        private boolean severalPictures;
        private boolean gainMap;

        void add(int marker, byte[] content) {
            if (marker == APP1 && startsWith(content, EXIF)) {
                orientation = exif ? orientation : TiffDirectory.orientation(content, EXIF.length);
                exif = true; // decoders look at the first one
            } else if (marker == APP1 && startsWith(content, XMP)) {
                gainMap |= new String(content, StandardCharsets.ISO_8859_1).contains("hdrgm:Version");
            } else if (marker == APP2 && startsWith(content, MULTI_PICTURE)) { // CIPA DC-007
                severalPictures |= TiffDirectory.value(content, MULTI_PICTURE.length, NUMBER_OF_PICTURES).orElse(1) > 1;
            } else if (marker == APP2 && startsWith(content, GAIN_MAP)) {
                gainMap = true;
            }
        }
    }

    /** Reads from the first byte of the file to the frame header. */
    static JpegHeader read(DataInputStream in) throws IOException, InvalidImageException {
        in.skipNBytes(2);
        Segments segments = new Segments();
        long bytes = 0;
        for (int count = 0; count < MAX_SEGMENTS && bytes < MAX_BYTES; count++) {
            int marker = marker(in);
            if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
                continue; // no content
            }
            int length = marker == 0xd9 ? 0 : in.readUnsignedShort();
            if (length < 2 || marker == 0xda) {
                throw InvalidImageException.damaged("a jpeg without dimensions");
            }
            bytes += length;
            if (isFrame(marker)) {
                in.readByte();
                int height = in.readUnsignedShort();
                int width = in.readUnsignedShort();
                // a picture with a gain map is a plain jpeg to every decoder that does not know the map
                boolean progressive = (marker & 0x03) == 2; // SOF2, SOF6, SOF10, SOF14
                return new JpegHeader(width, height, in.readUnsignedByte(), progressive, segments.orientation,
                        segments.severalPictures && !segments.gainMap);
            }
            if (marker == APP1 || marker == APP2) {
                byte[] content = new byte[length - 2];
                in.readFully(content);
                segments.add(marker, content);
            } else {
                in.skipNBytes(length - 2L);
            }
        }
        throw InvalidImageException.damaged("a jpeg with too many segments before its dimensions");
    }

    /** The next marker. Skips fill bytes and bytes that belong to no segment. */
    private static int marker(DataInputStream in) throws IOException, InvalidImageException {
        long skipped = 0;
        int previous = 0;
        while (skipped++ < MAX_BYTES) {
            int value = in.readUnsignedByte();
            if (previous == 0xff && value != 0xff && value != 0) {
                return value;
            }
            previous = value;
        }
        throw InvalidImageException.damaged("a jpeg whose segments do not follow each other");
    }

    /** SOF0 to SOF15, without the tables that share their range. */
    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static boolean startsWith(byte[] content, byte[] start) {
        return content.length >= start.length
                && Arrays.equals(content, 0, start.length, start, 0, start.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
