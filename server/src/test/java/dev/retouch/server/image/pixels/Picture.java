package dev.retouch.server.image.pixels;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import com.luciad.imageio.webp.CompressionType;
import com.luciad.imageio.webp.WebPWriteParam;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.image.InvalidImageException;

/**
 * A generated picture file with the samples that it shows: red, green, blue and alpha of each pixel, row by row, from 0 to {@code max}.
 * Files are written by ImageIO and read back without the code under test.
 */
record Picture(Path file, int width, int height, int max, int[] samples) {

    /** How a picture is stored. */
    enum Kind {
        RGB, RGBA, PALETTE, PALETTE_ALPHA, GRAY, GRAY_ALPHA, BILEVEL, RGB_16, RGBA_16, GRAY_16, INTERLACED, JPEG, JPEG_GRAY, JPEG_TURNED, WEBP_LOSSLESS, WEBP_LOSSY
    }

    ImageBytes bytes() throws IOException {
        return ImageBytes.of(file);
    }

    ImageMetadata facts() throws IOException, InvalidImageException {
        try (ImageBytes bytes = bytes()) {
            return new ImageProbe().probe(bytes);
        }
    }

    /** A sample of a pixel in levels from 0 to 255. */
    int level(int x, int y, int sample) {
        int value = samples[(y * width + x) * 4 + sample];
        return max == 255 ? value : (value * 255 + 32767) / 65535;
    }

    /** A picture of random and smooth parts. */
    static Picture of(Kind kind, int width, int height, long seed, Path folder) throws IOException {
        Random random = new Random(seed);
        int[] drawn = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int smooth = 0xff000000 | (x * 255 / width) << 16 | (y * 255 / height) << 8 | (x * y) % 256;
                drawn[y * width + x] = x * 3 > width ? smooth : 0xff000000 | random.nextInt();
            }
        }
        Path file = folder.resolve(kind + "-" + width + "x" + height + "-" + seed);
        return switch (kind) {
            case RGB, INTERLACED -> components(file, drawn, width, height, 3, DataBuffer.TYPE_BYTE, random,
                    kind == Kind.INTERLACED);
            case RGBA -> components(file, drawn, width, height, 4, DataBuffer.TYPE_BYTE, random, false);
            case RGB_16 -> components(file, drawn, width, height, 3, DataBuffer.TYPE_USHORT, random, false);
            case RGBA_16 -> components(file, drawn, width, height, 4, DataBuffer.TYPE_USHORT, random, false);
            case GRAY -> components(file, drawn, width, height, 1, DataBuffer.TYPE_BYTE, random, false);
            case GRAY_ALPHA -> components(file, drawn, width, height, 2, DataBuffer.TYPE_BYTE, random, false);
            case GRAY_16 -> components(file, drawn, width, height, 1, DataBuffer.TYPE_USHORT, random, false);
            case PALETTE -> palette(file, width, height, false, random);
            case PALETTE_ALPHA -> palette(file, width, height, true, random);
            case BILEVEL -> {
                BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY);
                image.setRGB(0, 0, width, height, drawn, 0, width);
                ImageIO.write(image, "png", file.toFile());
                yield asShown(file);
            }
            case JPEG -> lossy(file, "jpeg", rgb(drawn, width, height, BufferedImage.TYPE_INT_RGB));
            case JPEG_GRAY -> {
                BufferedImage gray = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
                gray.getRaster().setPixels(0, 0, width, height, channel(drawn));
                ImageIO.write(gray, "jpeg", file.toFile());
                yield grayAsShown(file);
            }
            case JPEG_TURNED -> turned(file, rgb(drawn, height, width, BufferedImage.TYPE_INT_RGB));
            case WEBP_LOSSLESS -> {
                for (int i = 0; i < drawn.length; i++) {
                    drawn[i] = (drawn[i] & 0xffffff) | (random.nextInt(256) << 24);
                }
                write(file, rgb(drawn, width, height, BufferedImage.TYPE_INT_ARGB), "webp", true);
                yield of(file, width, height, drawn);
            }
            case WEBP_LOSSY -> lossy(file, "webp", rgb(drawn, width, height, BufferedImage.TYPE_INT_RGB));
        };
    }

    /** A picture in one colour, as a provider returns it that repaints everything. */
    static Picture repainted(String format, boolean lossless, int width, int height, int argb, Path folder)
            throws IOException {
        Path file = folder.resolve("repainted-" + format + lossless + width + "x" + height);
        boolean alpha = argb >>> 24 != 255 && !format.equals("jpeg");
        BufferedImage image = new BufferedImage(width, height,
                alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, argb);
            }
        }
        write(file, image, format, lossless);
        return asShown(file);
    }

    private static BufferedImage rgb(int[] argb, int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        image.setRGB(0, 0, width, height, argb, 0, width);
        return image;
    }

    private static int[] channel(int[] argb) {
        int[] values = new int[argb.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = argb[i] >> 8 & 0xff;
        }
        return values;
    }

    private static Picture components(Path file, int[] drawn, int width, int height, int bands, int type, Random random,
            boolean interlaced) throws IOException {
        boolean deep = type == DataBuffer.TYPE_USHORT;
        boolean alpha = bands == 2 || bands == 4;
        WritableRaster raster = Raster.createInterleavedRaster(type, width, height, bands, new Point());
        int[] samples = new int[width * height * 4];
        int[] pixel = new int[bands];
        for (int i = 0; i < drawn.length; i++) {
            for (int band = 0; band < bands; band++) {
                int level = alpha && band == bands - 1
                        ? random.nextInt(4) * 85
                        : drawn[i] >> (16 - 8 * (band % 3)) & 0xff;
                pixel[band] = deep ? level << 8 | random.nextInt(256) : level;
            }
            raster.setPixel(i % width, i / width, pixel);
            for (int sample = 0; sample < 3; sample++) {
                samples[i * 4 + sample] = pixel[bands < 3 ? 0 : sample];
            }
            samples[i * 4 + 3] = alpha ? pixel[bands - 1] : deep ? 0xffff : 0xff;
        }
        ColorSpace space = ColorSpace.getInstance(bands < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
        BufferedImage image = new BufferedImage(new ComponentColorModel(space, alpha, false,
                alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type), raster, false, null);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(Files.newOutputStream(file))) {
            writer.setOutput(out);
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setProgressiveMode(interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
        return new Picture(file, width, height, deep ? 0xffff : 0xff, samples);
    }

    private static Picture palette(Path file, int width, int height, boolean alpha, Random random) throws IOException {
        int[] colors = new int[200];
        for (int i = 0; i < colors.length; i++) {
            colors[i] = random.nextInt() | (alpha ? 0 : 0xff000000);
        }
        IndexColorModel model = new IndexColorModel(8, colors.length, colors, 0, alpha, -1, DataBuffer.TYPE_BYTE);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, model);
        int[] shown = new int[width * height];
        for (int i = 0; i < shown.length; i++) {
            int index = random.nextInt(colors.length);
            image.getRaster().setSample(i % width, i / width, 0, index);
            shown[i] = colors[index];
        }
        ImageIO.write(image, "png", file.toFile());
        return of(file, width, height, shown);
    }

    private static Picture lossy(Path file, String format, BufferedImage image) throws IOException {
        write(file, image, format, false);
        return asShown(file);
    }

    /** A JPEG with EXIF orientation 6: it is displayed turned clockwise. */
    private static Picture turned(Path file, BufferedImage stored) throws IOException {
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(stored, "jpeg", jpeg);
        byte[] exif = {(byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1,
                0x12,
                0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
        byte[] plain = jpeg.toByteArray();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(plain, 0, 2);
        whole.write(exif);
        whole.write(plain, 2, plain.length - 2);
        Files.write(file, whole.toByteArray());
        BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(plain));
        int[] shown = new int[decoded.getWidth() * decoded.getHeight()];
        int width = decoded.getHeight();
        for (int y = 0; y < decoded.getWidth(); y++) {
            for (int x = 0; x < width; x++) {
                shown[y * width + x] = decoded.getRGB(y, width - 1 - x);
            }
        }
        return of(file, width, decoded.getWidth(), shown);
    }

    private static void write(Path file, BufferedImage image, String format, boolean lossless) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(Files.newOutputStream(file))) {
            writer.setOutput(out);
            ImageWriteParam how = writer.getDefaultWriteParam();
            if (how instanceof WebPWriteParam webp) {
                webp.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                webp.setCompressionType(lossless ? CompressionType.Lossless : CompressionType.Lossy);
                webp.setExact(true);
            }
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
    }

    /** What ImageIO shows of a file: exact for colors, and not used for gray. */
    static Picture asShown(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        int width = image.getWidth();
        int height = image.getHeight();
        if (image.getSampleModel().getSampleSize(0) == 16) {
            int bands = image.getRaster().getNumBands();
            int[] read = image.getRaster().getPixels(0, 0, width, height, (int[]) null);
            int[] samples = new int[width * height * 4];
            for (int i = 0; i < width * height; i++) {
                for (int sample = 0; sample < 4; sample++) {
                    samples[i * 4 + sample] = sample < bands ? read[i * bands + sample] : 0xffff;
                }
            }
            return new Picture(file, width, height, 0xffff, samples);
        }
        return of(file, width, height, image.getRGB(0, 0, width, height, null, 0, width));
    }

    private static Picture grayAsShown(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        int[] values = image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
        int[] argb = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            argb[i] = 0xff000000 | values[i] * 0x10101;
        }
        return of(file, image.getWidth(), image.getHeight(), argb);
    }

    private static Picture of(Path file, int width, int height, int[] argb) {
        int[] samples = new int[argb.length * 4];
        for (int i = 0; i < argb.length; i++) {
            samples[i * 4] = argb[i] >> 16 & 0xff;
            samples[i * 4 + 1] = argb[i] >> 8 & 0xff;
            samples[i * 4 + 2] = argb[i] & 0xff;
            samples[i * 4 + 3] = argb[i] >>> 24;
        }
        return new Picture(file, width, height, 0xff, samples);
    }
}
