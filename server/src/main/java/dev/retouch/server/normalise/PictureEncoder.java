package dev.retouch.server.normalise;

import java.awt.image.BufferedImage;
import java.io.IOException;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;

/** Encodes pictures into the spool. */
final class PictureEncoder {

    /** Above this the file grows and nothing can be seen. */
    private static final float QUALITY = 0.95f;

    private final Spool spool;

    PictureEncoder(Spool spool) {
        this.spool = spool;
    }

    /** A file in this format, without metadata: the picture is upright and in sRGB. */
    ImageBytes encode(BufferedImage picture, ImageFormat format) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByMIMEType(format.mediaType()).next();
        try (Spool.Writer kept = spool.newWriter()) {
            try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(kept)) {
                ImageWriteParam parameters = writer.getDefaultWriteParam();
                if (format == ImageFormat.JPEG) {
                    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                    parameters.setCompressionQuality(QUALITY);
                }
                writer.setOutput(out);
                writer.write(null, new IIOImage(picture, null, null), parameters);
            } finally {
                writer.dispose();
            }
            return kept.finish();
        }
    }
}
