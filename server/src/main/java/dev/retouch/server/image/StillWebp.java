package dev.retouch.server.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Opens images for decoders of still pictures. They refuse a WebP that is marked as an animation, even if it has a single frame (RFC 9649);
 * they get its frame as a still WebP.
 */
public final class StillWebp {

    private static final int ANIMATION = 0x02;
    private static final int ALPHA = 0x10;
    private static final int EXTENDED_HEADER = 10;
    private static final int FRAME_HEADER = 16;
    private static final int MAX_CHUNKS = 10_000;

    private StillWebp() {}

    /** The bytes of an image as its decoder reads them. The caller closes the stream, and the image after it. */
    public static ImageInputStream open(ImageBytes image, ImageFormat format) throws IOException {
        if (format == ImageFormat.WEBP) {
            Optional<Frame> only = frame(image);
            if (only.isPresent()) {
                return new MemoryCacheImageInputStream(only.get().still(image));
            }
        }
        return new ImageBytesInput(image);
    }

    /**
     * The chunks of a picture in a file.
     *
     * @param position of the first one
     * @param length of all of them in bytes
     * @param header the extended header of the file
     */
    private record Frame(long position, long length, byte[] header) {

        InputStream still(ImageBytes image) throws IOException {
            ByteArrayOutputStream begin = new ByteArrayOutputStream();
            begin.writeBytes("RIFF".getBytes(StandardCharsets.US_ASCII));
            begin.writeBytes(littleEndian(4 + 8 + EXTENDED_HEADER + length));
            begin.writeBytes("WEBPVP8X".getBytes(StandardCharsets.US_ASCII));
            begin.writeBytes(littleEndian(EXTENDED_HEADER));
            byte[] own = header.clone();
            own[0] &= ALPHA; // what other flags announce is left out
            begin.writeBytes(own);
            InputStream picture = image.open();
            picture.skipNBytes(position);
            return new SequenceInputStream(new ByteArrayInputStream(begin.toByteArray()), picture);
        }
    }

    /** The only picture of a file that is marked as an animation; empty for any other file, and for a frame that is not the whole picture. */
    private static Optional<Frame> frame(ImageBytes image) throws IOException {
        try (DataInputStream in = new DataInputStream(image.open())) {
            in.skipNBytes(12);
            byte[] header = new byte[EXTENDED_HEADER];
            if (!name(in).equals("VP8X") || WebpHeader.littleEndian(in, 4) != EXTENDED_HEADER) {
                return Optional.empty();
            }
            in.readFully(header);
            return (header[0] & ANIMATION) == 0 ? Optional.empty() : frame(in, header, image.size());
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    private static Optional<Frame> frame(DataInputStream in, byte[] header, long fileSize) throws IOException {
        Optional<Frame> found = Optional.empty();
        long position = 20 + EXTENDED_HEADER;
        try {
            for (int i = 0; i < MAX_CHUNKS; i++) {
                String name = name(in);
                long size = Integer.toUnsignedLong(WebpHeader.littleEndian(in, 4));
                long padded = size + (size & 1);
                if (name.equals("ANMF")) {
                    byte[] frame = new byte[FRAME_HEADER];
                    in.readFully(frame);
                    boolean whole = isWhole(frame, header) && padded > FRAME_HEADER;
                    if (found.isPresent() || !whole) {
                        return Optional.empty();
                    }
                    found = Optional.of(new Frame(position + 8 + FRAME_HEADER, padded - FRAME_HEADER, header));
                    in.skipNBytes(padded - FRAME_HEADER);
                } else if (found.isEmpty() && (name.equals("VP8 ") || name.equals("VP8L") || name.equals("ALPH"))) {
                    return Optional.of(new Frame(position, fileSize - position, header)); // no animation in spite of its mark
                } else {
                    in.skipNBytes(padded);
                }
                position += 8 + padded;
            }
        } catch (EOFException e) {
            return found; // the end of the file
        }
        return Optional.empty();
    }

    /** Whether a frame begins at the corner and is as large as the picture. */
    private static boolean isWhole(byte[] frame, byte[] header) {
        return Arrays.equals(frame, 0, 6, new byte[6], 0, 6) && Arrays.equals(frame, 6, 12, header, 4, 10);
    }

    private static String name(DataInputStream in) throws IOException {
        byte[] name = new byte[4];
        in.readFully(name);
        return new String(name, StandardCharsets.US_ASCII);
    }

    private static byte[] littleEndian(long number) {
        return new byte[]{(byte) number, (byte) (number >>> 8), (byte) (number >>> 16), (byte) (number >>> 24)};
    }
}
