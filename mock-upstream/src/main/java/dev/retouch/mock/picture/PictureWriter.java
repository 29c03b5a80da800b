package dev.retouch.mock.picture;

import java.io.IOException;
import java.nio.file.Path;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.FileImageOutputStream;
import javax.imageio.stream.ImageOutputStream;

import com.luciad.imageio.webp.CompressionType;
import com.luciad.imageio.webp.WebPWriteParam;

/** Encodes a picture into a file. */
public final class PictureWriter {

    /** ImageIO turns this into deflate level 4: a third of the time of its default, for files a few percent larger. */
    private static final float PNG_EFFORT = 0.6f;

    private PictureWriter() {}

    /**
     * {@code compression} is OpenAI's output_compression, 0 to 100, where more is better quality; it means nothing to PNG. An alpha
     * channel is written only where a pixel needs it and the format has one; otherwise the picture is laid over white.
     */
    public static void write(Picture picture, ImageFormat format, int compression, Path file) throws IOException {
        boolean translucent = picture.translucent();
        boolean alpha = translucent && format.hasAlpha();
        Picture shown = translucent && !alpha ? picture.onWhite() : picture;
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format.wireName()).next();
        try (ImageOutputStream out = new FileImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            ImageWriteParam how = writer.getDefaultWriteParam();
            tune(how, format, compression);
            writer.write(null, new IIOImage(shown.toImage(alpha), null, null), how);
        } finally {
            writer.dispose();
        }
    }

    private static void tune(ImageWriteParam how, ImageFormat format, int compression) {
        how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        if (how instanceof WebPWriteParam webp) {
            webp.setCompressionType(CompressionType.Lossy);
        }
        how.setCompressionQuality(format.lossy() ? compression / 100f : PNG_EFFORT);
    }
}
