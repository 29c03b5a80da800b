package dev.retouch.contract.conformance.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Optional;

import javax.imageio.ImageIO;

import dev.retouch.contract.harness.Picture;

/** Small copies of pictures for the page, as many as keep it small. A copy is drawn anew, so nothing of a file gets through. */
final class Thumbnails {

    private static final int EDGE = 112;
    private static final long MAX_BYTES = 1_900_000;

    private long used;

    /** A data URL of a small copy; nothing once the page has enough of them. */
    Optional<String> of(Picture picture) {
        if (used > MAX_BYTES) {
            return Optional.empty();
        }
        double scale = Math.min(1, (double) EDGE / Math.max(picture.width(), picture.height()));
        boolean clear = picture.pixels().getColorModel().hasAlpha();
        BufferedImage small = new BufferedImage(Math.max(1, (int) Math.round(picture.width() * scale)),
                Math.max(1, (int) Math.round(picture.height() * scale)),
                clear ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = small.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(halved(picture.pixels(), small.getWidth()), 0, 0, small.getWidth(), small.getHeight(), null);
        graphics.dispose();
        byte[] file = file(small, clear ? "png" : "jpeg");
        String url = "data:image/" + (clear ? "png" : "jpeg") + ";base64," + Base64.getEncoder().encodeToString(file);
        used += url.length();
        return Optional.of(url);
    }

    /** Bilinear scaling looks at four pixels, so what is far too large is halved first. */
    private static BufferedImage halved(BufferedImage image, int width) {
        BufferedImage half = image;
        while (half.getWidth() > 2 * width && half.getHeight() > 1) {
            BufferedImage next = new BufferedImage(half.getWidth() / 2, Math.max(1, half.getHeight() / 2),
                    image.getColorModel().hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = next.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(half, 0, 0, next.getWidth(), next.getHeight(), null);
            graphics.dispose();
            half = next;
        }
        return half;
    }

    private static byte[] file(BufferedImage image, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
