package dev.retouch.server.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/** The first directory of a TIFF structure (TIFF 6.0, section 2), in which EXIF and MPF keep their values. */
final class TiffDirectory {

    private static final int UPRIGHT = 1;
    private static final int ORIENTATION = 0x0112;
    private static final int BYTE = 1;
    private static final int SHORT = 3;

    private TiffDirectory() {}

    /** The EXIF orientation, 1 to 8; 1 if it is absent or damaged. */
    static int orientation(byte[] content, int offset) {
        int value = value(content, offset, ORIENTATION).orElse(UPRIGHT);
        return value >= UPRIGHT && value <= 8 ? value : UPRIGHT;
    }

    /**
     * The value of a tag; empty if it is absent, or the structure is damaged.
     *
     * @param offset the first byte of the structure in the content
     */
    static OptionalInt value(byte[] content, int offset, int tag) {
        try {
            ByteBuffer tiff = ByteBuffer.wrap(content, offset, content.length - offset).slice();
            boolean little = tiff.get(0) == 'I';
            tiff.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            tiff.position(tiff.getInt(4));
            int entries = Short.toUnsignedInt(tiff.getShort());
            for (int i = 0; i < entries; i++) {
                int found = Short.toUnsignedInt(tiff.getShort());
                int type = tiff.getShort();
                tiff.getInt();
                int value = tiff.getInt();
                if (found == tag) {
                    return OptionalInt.of(justified(value, type, little));
                }
            }
            return OptionalInt.empty();
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return OptionalInt.empty();
        }
    }

    /** A value shorter than its field is at the field's beginning. */
    private static int justified(int value, int type, boolean little) {
        return switch (type) {
            case BYTE -> little ? value & 0xff : value >>> 24;
            case SHORT -> little ? value & 0xffff : value >>> 16;
            default -> value;
        };
    }
}
