package dev.retouch.mock.picture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Walks the markers of a JPEG up to its dimensions, picking up the EXIF orientation on the way. */
final class JpegHeaders {

    private static final int ORIENTATION_TAG = 0x0112;
    private static final int EXIF = 0x45786966;

    private final RandomAccessFile in;
    private int orientation = 1;

    JpegHeaders(RandomAccessFile in) {
        this.in = in;
    }

    ImageFacts facts() throws IOException {
        long at = 2;
        while (true) {
            in.seek(at);
            int marker = in.readUnsignedShort();
            if (marker == 0xFFFF) { // a fill byte
                at++;
                continue;
            }
            if (marker >>> 8 != 0xFF || marker == 0xFFD9 || marker == 0xFFDA) {
                throw new UnreadableImage("The image file is not a valid JPEG.");
            }
            int length = in.readUnsignedShort();
            if (isFrame(marker)) {
                return frame();
            }
            if (marker == 0xFFE1 && length >= 16) {
                orientation = orientation(length - 2);
            }
            at += 2 + length;
        }
    }

    /** SOF0 to SOF15, without the tables that lie between them. */
    private static boolean isFrame(int marker) {
        return marker >= 0xFFC0 && marker <= 0xFFCF && marker != 0xFFC4 && marker != 0xFFC8 && marker != 0xFFCC;
    }

    private ImageFacts frame() throws IOException {
        in.readByte();
        int height = in.readUnsignedShort();
        int width = in.readUnsignedShort();
        boolean sideways = orientation >= 5;
        return new ImageFacts(ImageFormat.JPEG, sideways ? height : width, sideways ? width : height, false,
                orientation);
    }

    private int orientation(int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        ByteBuffer exif = ByteBuffer.wrap(bytes);
        if (exif.getInt(0) != EXIF) {
            return orientation;
        }
        ByteBuffer tiff = exif.slice(6, length - 6);
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        if (directory < 0 || directory + 2 > tiff.limit()) {
            return orientation;
        }
        int entries = Short.toUnsignedInt(tiff.getShort(directory));
        for (int i = 0; i < entries && directory + 14 + 12 * i <= tiff.limit(); i++) {
            int entry = directory + 2 + 12 * i;
            if (Short.toUnsignedInt(tiff.getShort(entry)) == ORIENTATION_TAG) {
                int value = Short.toUnsignedInt(tiff.getShort(entry + 8));
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return orientation;
    }
}
