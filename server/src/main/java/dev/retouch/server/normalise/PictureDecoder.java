package dev.retouch.server.normalise;

import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;

import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.StillWebp;

/** Decodes images into sRGB with 8 bits per sample, with or without alpha. */
final class PictureDecoder {

    private PictureDecoder() {}

    /**
     * Decodes the stored pixels of an image.
     *
     * @param step 1 for all pixels; n for every n-th column and row, of decoders that can skip
     * @throws IOException also if the decoder does not understand the file
     */
    static BufferedImage decode(ImageBytes image, ImageFormat format, int step) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByMIMEType(format.mediaType()).next();
        try (ImageInputStream in = StillWebp.open(image, format)) {
            reader.setInput(in, false, true);
            ImageReadParam wanted = reader.getDefaultReadParam();
            if (step > 1) {
                wanted.setSourceSubsampling(step, step, 0, 0);
            }
            return standard(reader.read(0, wanted));
        } catch (RuntimeException e) {
            throw new IOException("the decoder failed", e); // decoders report damage in many ways
        } finally {
            reader.dispose();
        }
    }

    private static BufferedImage standard(BufferedImage decoded) {
        ColorModel model = decoded.getColorModel();
        int type = model.hasAlpha() ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR;
        if (decoded.getType() == type) {
            return decoded;
        }
        BufferedImage standard = new BufferedImage(decoded.getWidth(), decoded.getHeight(), type);
        ColorSpace space = model.getColorSpace();
        if (space.getType() == ColorSpace.TYPE_GRAY && model.getComponentSize(0) >= 8) {
            copyGrey(decoded, standard);
        } else if (space.isCS_sRGB()) {
            Graphics2D graphics = standard.createGraphics();
            graphics.drawImage(decoded, 0, 0, null);
            graphics.dispose();
        } else {
            new ColorConvertOp(null).filter(decoded, standard);
        }
        return standard;
    }

    /** Keeps the values of grey samples: Java would take them for linear light and brighten them, unlike other decoders. */
    private static void copyGrey(BufferedImage decoded, BufferedImage standard) {
        Raster from = decoded.getRaster();
        WritableRaster to = standard.getRaster();
        int shift = decoded.getColorModel().getComponentSize(0) - 8;
        boolean alpha = from.getNumBands() > 1 && to.getNumBands() > 3;
        int width = from.getWidth();
        int[] samples = new int[width];
        for (int y = 0; y < from.getHeight(); y++) {
            for (int band = 0; band < to.getNumBands(); band++) {
                boolean opacity = band == 3;
                from.getSamples(0, y, width, 1, opacity && alpha ? 1 : 0, samples);
                for (int x = 0; x < width; x++) {
                    samples[x] >>= shift;
                }
                to.setSamples(0, y, width, 1, band, samples);
            }
        }
    }
}
