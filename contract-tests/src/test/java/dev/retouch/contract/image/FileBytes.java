package dev.retouch.contract.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/** The pieces of image files: segments of JPEG, chunks of PNG and WebP, EXIF. */
final class FileBytes {

    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int ORIENTATION = 0x0112;

    private FileBytes() {}

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A segment of a JPEG. */
    static byte[] segment(int marker, byte[]... content) {
        byte[] all = join(content);
        int length = all.length + 2;
        return join(new byte[]{(byte) 0xff, (byte) marker, (byte) (length >> 8), (byte) length}, all);
    }

    /** A chunk of a PNG with its checksum. */
    static byte[] pngChunk(String type, byte[] content) {
        byte[] checked = join(latin(type), content);
        CRC32 crc = new CRC32();
        crc.update(checked);
        return ByteBuffer.allocate(12 + content.length).putInt(content.length).put(checked).putInt((int) crc.getValue())
                .array();
    }

    /** A chunk of a WebP, padded to an even length. */
    static byte[] riffChunk(String name, byte[] content) {
        return join(latin(name), littleEndian(content.length), content, new byte[content.length & 1]);
    }

    /** A WebP of these chunks. */
    static byte[] webp(byte[]... chunks) {
        byte[] all = join(chunks);
        return join(latin("RIFF"), littleEndian(all.length + 4), latin("WEBP"), all);
    }

    /** The extended header of a WebP. */
    static byte[] extendedHeader(int flags, int width, int height) {
        return riffChunk("VP8X",
                new byte[]{(byte) flags, 0, 0, 0, (byte) (width - 1), 0, 0, (byte) (height - 1), 0, 0});
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    /** A TIFF structure with one tag. */
    static byte[] tiff(ByteOrder order, int tag, int type, int value) {
        ByteBuffer tiff = ByteBuffer.allocate(26).order(order).put(latin(order == ByteOrder.BIG_ENDIAN ? "MM" : "II"))
                .putShort((short) 42).putInt(8).putShort((short) 1).putShort((short) tag).putShort((short) type)
                .putInt(1);
        return (type == SHORT ? tiff.putShort((short) value) : tiff.putInt(value)).array();
    }

    /** EXIF with an orientation of 16 bits, as the standard has it. */
    static byte[] exif(ByteOrder order, int orientation) {
        return tiff(order, ORIENTATION, SHORT, orientation);
    }

    /** EXIF with an orientation of 32 bits, as some programs write it. */
    static byte[] exifLong(ByteOrder order, int orientation) {
        return tiff(order, ORIENTATION, LONG, orientation);
    }

    /** The segment with EXIF of a JPEG. */
    static byte[] exifSegment(byte[] tiff) {
        return segment(0xe1, latin("Exif\0\0"), tiff);
    }

    /** The segment with an index of pictures (MPF). */
    static byte[] multiPicture(int pictures) {
        return segment(0xe2, latin("MPF\0"), tiff(ByteOrder.LITTLE_ENDIAN, 0xb001, LONG, pictures));
    }

    /** A JPEG with segments behind its first two bytes. */
    static byte[] withSegments(byte[] jpeg, byte[]... segments) {
        return join(Arrays.copyOf(jpeg, 2), join(segments), Arrays.copyOfRange(jpeg, 2, jpeg.length));
    }

    /** A PNG with chunks behind its header. */
    static byte[] withChunks(byte[] png, byte[]... chunks) {
        return join(Arrays.copyOf(png, 33), join(chunks), Arrays.copyOfRange(png, 33, png.length));
    }

    static byte[] without(byte[] file, int lastBytes) {
        return Arrays.copyOf(file, file.length - lastBytes);
    }
}
