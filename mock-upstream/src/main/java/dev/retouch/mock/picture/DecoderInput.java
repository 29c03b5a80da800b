package dev.retouch.mock.picture;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Opens image files for decoders that are stricter than those of the provider: a PNG without its end, a WebP with one frame or with an
 * animation bit that nothing follows. Only such files are read into memory.
 */
final class DecoderInput {

    private static final byte[] PNG_END = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82};
    private static final int PNG_SIGNATURE = 8;
    private static final int PNG_FRAME = 12;
    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;
    private static final int FLAGS = 20;
    private static final int ANIMATION = 0x02;
    private static final int ALPHA = 0x10;

    private DecoderInput() {}

    static ImageInputStream open(Path file, ImageFormat format) throws IOException {
        if (format == ImageFormat.PNG && !endsWith(file, PNG_END)) {
            return memory(withEnd(Files.readAllBytes(file)));
        }
        if (format == ImageFormat.WEBP && isMarkedAsAnimation(file)) {
            return memory(still(Files.readAllBytes(file)));
        }
        // a file stream, so that ImageIO's process-wide disk cache is never asked for
        return new FileImageInputStream(file.toFile());
    }

    private static ImageInputStream memory(byte[] bytes) {
        return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
    }

    private static boolean endsWith(Path file, byte[] end) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] last = new byte[(int) Math.min(end.length, in.length())];
            in.seek(in.length() - last.length);
            in.readFully(last);
            return Arrays.equals(last, end);
        }
    }

    /** The whole chunks of a PNG and an end. What follows an end that it has is left out. */
    private static byte[] withEnd(byte[] png) {
        int at = PNG_SIGNATURE;
        while (at + PNG_FRAME <= png.length) {
            long next = at + PNG_FRAME + Integer.toUnsignedLong(ByteBuffer.wrap(png).getInt(at));
            if (next > png.length || (png[at + 4] == 'I' && png[at + 5] == 'E')) {
                break;
            }
            at = (int) next;
        }
        return ByteBuffer.allocate(at + PNG_END.length).put(png, 0, at).put(PNG_END).array();
    }

    private static boolean isMarkedAsAnimation(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            if (in.length() <= FLAGS) {
                return false;
            }
            in.seek(RIFF_HEADER + 3);
            boolean extended = in.readByte() == 'X';
            in.seek(FLAGS);
            return extended && (in.readByte() & ANIMATION) != 0;
        }
    }

    /** The same without the animation bit, and with the image of its frame in place of the frame. */
    private static byte[] still(byte[] webp) {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        boolean alpha = (webp[FLAGS] & ALPHA) != 0;
        for (int at = RIFF_HEADER; at + CHUNK_HEADER <= webp.length;) {
            String name = new String(webp, at, 4, StandardCharsets.US_ASCII);
            int size = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
            int next = at + CHUNK_HEADER + size + (size & 1);
            if (size < 0 || next < at || next > webp.length) {
                break;
            }
            if (name.equals("ANMF") && size >= FRAME_HEADER) {
                int image = at + CHUNK_HEADER + FRAME_HEADER;
                alpha |= next > image && webp[image] == 'A';
                chunks.write(webp, image, next - image);
            } else if (!name.equals("VP8X") && !name.equals("ANIM")) {
                chunks.write(webp, at, next - at);
            }
            at = next;
        }
        byte[] header = Arrays.copyOf(webp, RIFF_HEADER + CHUNK_HEADER + 10);
        header[FLAGS] = (byte) ((header[FLAGS] & ~ANIMATION) | (alpha ? ALPHA : 0));
        byte[] still = ByteBuffer.allocate(header.length + chunks.size()).put(header).put(chunks.toByteArray()).array();
        ByteBuffer.wrap(still).order(ByteOrder.LITTLE_ENDIAN).putInt(4, still.length - CHUNK_HEADER);
        return still;
    }
}
