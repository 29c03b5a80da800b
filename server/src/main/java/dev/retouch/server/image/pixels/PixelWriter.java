package dev.retouch.server.image.pixels;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import com.luciad.imageio.webp.CompressionType;
import com.luciad.imageio.webp.WebPWriteParam;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Node;

import dev.retouch.server.image.ImageFormat;

/**
 * Encodes pixels without loss as PNG and WebP, and as JPEG with the highest quality: as RGB, without subsampling, so that only the rounding
 * of its coefficients is lost.
 */
final class PixelWriter {

    /** ImageIO turns this into deflate level 4. */
    private static final float PNG_EFFORT = 0.6f;
    /** Effort of lossless WebP, 0 to 100. */
    private static final float WEBP_EFFORT = 0.3f;
    private static final String JPEG_METADATA = "javax_imageio_jpeg_image_1.0";

    private PixelWriter() {}

    /** Encodes an image. JPEG needs opaque pixels of 8 bits, and WebP pixels of 8 bits. */
    static void write(Pixels pixels, ImageFormat format, OutputStream out) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format.wireName()).next();
        try (ImageOutputStream target = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(target);
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            if (how instanceof WebPWriteParam webp) {
                webp.setCompressionType(CompressionType.Lossless);
                webp.setExact(true); // colors of transparent pixels are kept too
            }
            how.setCompressionQuality(switch (format) {
                case PNG -> PNG_EFFORT;
                case WEBP -> WEBP_EFFORT;
                default -> 1f;
            });
            BufferedImage image = format == ImageFormat.WEBP ? pixels.toImage() : components(pixels);
            writer.write(null, new IIOImage(image, null, format == ImageFormat.JPEG ? rgb(writer, how, image) : null),
                    how);
        } finally {
            writer.dispose();
        }
    }

    /** Red, green and blue, and alpha where a pixel needs it. */
    private static BufferedImage components(Pixels pixels) {
        boolean alpha = pixels.translucent();
        int bands = alpha ? 4 : 3;
        int type = pixels.deep() ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE;
        WritableRaster raster = Raster.createInterleavedRaster(type, pixels.width(), pixels.height(), bands,
                new Point());
        int[] row = new int[pixels.width() * Pixels.SAMPLES];
        int[] target = alpha ? row : new int[pixels.width() * bands];
        for (int y = 0; y < pixels.height(); y++) {
            pixels.read(y, row);
            for (int x = 0; !alpha && x < pixels.width(); x++) {
                System.arraycopy(row, x * Pixels.SAMPLES, target, x * bands, bands);
            }
            raster.setPixels(0, y, pixels.width(), 1, target);
        }
        return new BufferedImage(new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_sRGB), alpha, false,
                alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type), raster, false, null);
    }

    /** Metadata of a JPEG whose components are red, green and blue: the marker of Adobe, and no marker of JFIF. */
    private static IIOMetadata rgb(ImageWriter writer, ImageWriteParam how, BufferedImage image) throws IOException {
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), how);
        Node root = metadata.getAsTree(JPEG_METADATA);
        Node variety = child(root, "JPEGvariety");
        Node jfif = variety == null ? null : child(variety, "app0JFIF");
        if (variety != null && jfif != null) {
            variety.removeChild(jfif);
        }
        Node sequence = child(root, "markerSequence");
        if (sequence == null) {
            throw new IOException("the JPEG encoder has no metadata");
        }
        IIOMetadataNode adobe = new IIOMetadataNode("app14Adobe");
        adobe.setAttribute("version", "100");
        adobe.setAttribute("flags0", "0");
        adobe.setAttribute("flags1", "0");
        adobe.setAttribute("transform", "0");
        sequence.insertBefore(adobe, sequence.getFirstChild());
        components(sequence, "sof", "componentSpec", "HsamplingFactor", "VsamplingFactor", "QtableSelector");
        components(sequence, "sos", "scanComponentSpec", "dcHuffTable", "acHuffTable");
        metadata.setFromTree(JPEG_METADATA, root);
        return metadata;
    }

    private static void components(Node sequence, String marker, String element, String... zeroes) throws IOException {
        Node parent = child(sequence, marker);
        if (parent == null) {
            throw new IOException("the JPEG encoder has no " + marker);
        }
        String ids = "RGB";
        int index = 0;
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(element) && node instanceof IIOMetadataNode component) {
                component.setAttribute(element.equals("componentSpec") ? "componentId" : "componentSelector",
                        Integer.toString(ids.charAt(index)));
                Arrays.stream(zeroes).forEach(name -> component.setAttribute(name,
                        name.endsWith("Factor") ? "1" : "0"));
                index++;
            }
        }
    }

    private static @Nullable Node child(Node parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return node;
            }
        }
        return null;
    }
}
