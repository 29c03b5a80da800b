package dev.retouch.contract.harness;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;

import javax.imageio.ImageIO;

/** Small images of every kind that the rules distinguish. */
public final class Pictures {

    /** Of an image and of a mask, in bytes; both must be smaller. */
    public static final int FIFTY_MEGABYTES = 50 << 20;
    public static final int FOUR_MEGABYTES = 4 << 20;

    /** A chunk's length, type and checksum. */
    private static final int CHUNK_FRAME = 12;

    private Pictures() {}

    /** A square without an alpha channel. */
    public static byte[] opaque() {
        return opaque(64, 64);
    }

    public static byte[] opaque(int width, int height) {
        return file(drawn(width, height, BufferedImage.TYPE_INT_RGB), "png");
    }

    /** A square with an alpha channel in which nothing is transparent. */
    public static byte[] solid() {
        return file(drawn(64, 64, BufferedImage.TYPE_INT_ARGB), "png");
    }

    /** The middle of it is fully transparent. */
    public static byte[] withHole(int width, int height) {
        BufferedImage image = drawn(width, height, BufferedImage.TYPE_INT_ARGB);
        for (int y = height / 4; y < height * 3 / 4; y++) {
            for (int x = width / 4; x < width * 3 / 4; x++) {
                image.setRGB(x, y, 0);
            }
        }
        return file(image, "png");
    }

    public static byte[] withHole() {
        return withHole(64, 64);
    }

    /** An opaque square in another format. */
    public static byte[] in(String format) {
        return file(drawn(64, 64, BufferedImage.TYPE_INT_RGB), format);
    }

    public static String dataUrl(String type, byte[] image) {
        return "data:" + type + ";base64," + base64(image);
    }

    public static String base64(byte[] image) {
        return Base64.getEncoder().encodeToString(image);
    }

    /** The same picture in a file of exactly this size: a chunk that viewers skip fills it up, before the end. */
    public static byte[] padded(byte[] png, int size) {
        byte[] end = "IEND".getBytes(StandardCharsets.US_ASCII);
        int at = png.length - CHUNK_FRAME;
        ByteBuffer file = ByteBuffer.allocate(size).put(png, 0, at);
        byte[] chunk = new byte[4 + size - png.length - CHUNK_FRAME];
        System.arraycopy("paDd".getBytes(StandardCharsets.US_ASCII), 0, chunk, 0, 4);
        file.putInt(chunk.length - 4).put(chunk).putInt(checksum(chunk));
        return file.putInt(0).put(end).putInt(checksum(end)).array();
    }

    private static int checksum(byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        return (int) sum.getValue();
    }

    private static BufferedImage drawn(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.ORANGE, width, height, Color.BLUE));
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        return image;
    }

    private static byte[] file(BufferedImage image, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, out)) {
                throw new IllegalStateException("nothing here writes " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
