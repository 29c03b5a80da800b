package dev.retouch.server.normalise;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;

import com.twelvemonkeys.image.ResampleOp;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.image.InvalidImageException;

/**
 * Makes small JPEG copies of images: upright, without metadata, transparent parts in white. Skips pixels while it decodes, so that its
 * memory does not depend on the image, except for WebP. Belongs on platform threads: decoding is long work of the processor.
 */
public final class ThumbnailMaker {

    /** The longer side of a thumbnail, in pixels. */
    public static final int MAX_SIDE = 256;

    private static final int DECODED_SIDE = 2 * MAX_SIDE;
    private static final long MAX_PIXELS = 64_000_000;
    private static final int BYTES_PER_PIXEL = 8;
    private static final float QUALITY = 0.8f;

    private final ImageProbe probe = new ImageProbe();

    /**
     * Returns a thumbnail.
     *
     * @throws IOException if the image cannot be decoded, or has too many pixels
     */
    public byte[] jpeg(ImageBytes image) throws IOException {
        ImageMetadata facts;
        try {
            facts = probe.probe(image);
        } catch (InvalidImageException e) {
            throw new IOException("not an image", e);
        }
        // the decoder of WebP needs memory for all pixels
        long maxPixels = facts.format() == ImageFormat.WEBP
                ? Math.min(MAX_PIXELS, Runtime.getRuntime().maxMemory() / 8 / BYTES_PER_PIXEL)
                : MAX_PIXELS;
        if (facts.format() == ImageFormat.SVG || facts.pixels() > maxPixels) {
            throw new IOException("no thumbnail of " + facts.format());
        }
        int step = facts.format() == ImageFormat.WEBP
                ? 1
                : Math.max(1, Math.max(facts.width(), facts.height()) / DECODED_SIDE);
        BufferedImage small = reduced(PictureDecoder.decode(image, facts.format(), step));
        return JpegEncoder.encode(PictureOrientation.upright(small, facts.orientation()), QUALITY);
    }

    /** The picture on white, at most as large as a thumbnail. */
    private static BufferedImage reduced(BufferedImage picture) {
        double scale = Math.min(1, (double) MAX_SIDE / Math.max(picture.getWidth(), picture.getHeight()));
        int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
        int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
        BufferedImage scaled = scale == 1
                ? picture
                : new ResampleOp(width, height, ResampleOp.FILTER_TRIANGLE).filter(picture, null);
        BufferedImage opaque = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = opaque.createGraphics();
        graphics.drawImage(scaled, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return opaque;
    }
}
