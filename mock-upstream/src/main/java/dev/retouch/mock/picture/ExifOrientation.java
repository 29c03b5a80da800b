package dev.retouch.mock.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the orientation from EXIF, which is a TIFF structure: in JPEG, PNG and WebP alike. */
final class ExifOrientation {

    static final int UPRIGHT = 1;

    private static final int TAG = 0x0112;
    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int ENTRY = 12;

    private ExifOrientation() {}

    /** The orientation, 1 to 8; 1 if it is absent or the structure is damaged. */
    static int of(byte[] exif, int offset) {
        ByteBuffer tiff = ByteBuffer.wrap(exif, Math.min(offset, exif.length), Math.max(0, exif.length - offset))
                .slice();
        if (tiff.limit() < 8) {
            return UPRIGHT;
        }
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        if (directory < 0 || directory + 2L > tiff.limit()) {
            return UPRIGHT;
        }
        int entries = Short.toUnsignedInt(tiff.getShort(directory));
        for (int i = 0; i < entries && directory + 2L + ENTRY * (i + 1L) <= tiff.limit(); i++) {
            int entry = directory + 2 + ENTRY * i;
            if (Short.toUnsignedInt(tiff.getShort(entry)) == TAG) {
                int value = value(tiff, entry);
                return value >= UPRIGHT && value <= 8 ? value : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    private static int value(ByteBuffer tiff, int entry) {
        return switch (tiff.getShort(entry + 2)) {
            case BYTE -> Byte.toUnsignedInt(tiff.get(entry + 8));
            case SHORT -> Short.toUnsignedInt(tiff.getShort(entry + 8));
            default -> tiff.getInt(entry + 8);
        };
    }
}
