package dev.retouch.contract.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.function.Consumer;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Pictures of 40 by 30 pixels, by real encoders. */
final class Encoded {

    static final int WIDTH = 40;
    static final int HEIGHT = 30;

    private Encoded() {}

    /** A drawing whose rows all differ, so that each of them takes bytes. */
    static BufferedImage drawn(int type) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
        Graphics2D brush = image.createGraphics();
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                brush.setColor(new Color(6 * x, 8 * y, (x * 31 + y * 17) % 256));
                brush.fillRect(x, y, 1, 1);
            }
        }
        brush.dispose();
        return image;
    }

    /** The drawing with a transparent rectangle. */
    static BufferedImage withHole() {
        BufferedImage image = drawn(BufferedImage.TYPE_INT_ARGB);
        for (int y = 5; y < 15; y++) {
            for (int x = 5; x < 20; x++) {
                image.setRGB(x, y, 0);
            }
        }
        return image;
    }

    static byte[] png(BufferedImage image) {
        return encoded("png", new IIOImage(image, null, null), how -> {});
    }

    static byte[] interlacedPng(BufferedImage image) {
        return encoded("png", new IIOImage(image, null, null),
                how -> how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT));
    }

    static byte[] jpeg(BufferedImage image) {
        return encoded("jpeg", new IIOImage(image, null, null), how -> {});
    }

    static byte[] progressiveJpeg(BufferedImage image) {
        return encoded("jpeg", new IIOImage(image, null, null),
                how -> how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT));
    }

    /** Four components without a conversion: the JDK does not know CMYK, and only writes what it is given. */
    static byte[] fourComponentJpeg() {
        WritableRaster raster = java.awt.image.Raster.createInterleavedRaster(java.awt.image.DataBuffer.TYPE_BYTE,
                WIDTH, HEIGHT, 4, null);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                raster.setPixel(x, y, new int[]{255 - 6 * x, 255 - 8 * y, 120, 255});
            }
        }
        return encoded("jpeg", new IIOImage(raster, null, null), how -> {});
    }

    static byte[] webp(BufferedImage image, boolean lossless) {
        return encoded("webp", new IIOImage(image, null, null), how -> {
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionType(lossless ? "Lossless" : "Lossy");
        });
    }

    private static byte[] encoded(String format, IIOImage image, Consumer<ImageWriteParam> tuning) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = writer(format);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam how = writer.getDefaultWriteParam();
            tuning.accept(how);
            writer.write(null, image, how);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** The JDK's own, where it has one. */
    private static ImageWriter writer(String format) {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(format);
        ImageWriter writer = writers.next();
        while (writers.hasNext() && !writer.getClass().getName().startsWith("com.sun.imageio.")) {
            writer = writers.next();
        }
        return writer;
    }
}
