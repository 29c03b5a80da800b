package dev.retouch.server.normalise;

import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** Changes to decoded masks. Transparent pixels are where the image may change. */
final class MaskPicture {

    private static final int OPAQUE = 0xff;
    private static final int NEARLY = 64;
    private static final int MIDDLE = 128;
    /** The edges of drawings are neither black nor white, and neither are the artefacts of JPEG. */
    private static final int MAX_PERCENT_BETWEEN = 10;

    private MaskPicture() {}

    static boolean hasTransparentPixel(BufferedImage mask) {
        if (!mask.getColorModel().hasAlpha()) {
            return false;
        }
        int[] row = new int[mask.getWidth()];
        for (int y = 0; y < mask.getHeight(); y++) {
            mask.getAlphaRaster().getSamples(0, y, row.length, 1, 0, row);
            for (int alpha : row) {
                if (alpha == 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether an opaque mask has nearly black pixels, and hardly any that are neither black nor white. */
    static boolean isBlackAndWhite(BufferedImage mask) {
        long between = 0;
        long black = 0;
        int[] row = new int[mask.getWidth()];
        for (int y = 0; y < mask.getHeight(); y++) {
            for (int pixel : mask.getRGB(0, y, row.length, 1, row, 0, row.length)) {
                int lightest = Math.max(pixel >> 16 & OPAQUE, Math.max(pixel >> 8 & OPAQUE, pixel & OPAQUE));
                int darkest = Math.min(pixel >> 16 & OPAQUE, Math.min(pixel >> 8 & OPAQUE, pixel & OPAQUE));
                if (lightest < NEARLY) {
                    black++;
                } else if (darkest <= OPAQUE - NEARLY) {
                    between++;
                }
            }
        }
        return black > 0 && between * 100 <= MAX_PERCENT_BETWEEN * (long) mask.getWidth() * mask.getHeight();
    }

    /** Makes dark pixels transparent and all others opaque, as the provider's guide does: its alpha is the brightness. */
    static BufferedImage alphaFromBrightness(BufferedImage mask) {
        BufferedImage alpha = new BufferedImage(mask.getWidth(), mask.getHeight(), BufferedImage.TYPE_4BYTE_ABGR);
        int[] row = new int[mask.getWidth()];
        for (int y = 0; y < mask.getHeight(); y++) {
            mask.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int x = 0; x < row.length; x++) {
                int green = row[x] >> 8 & OPAQUE;
                row[x] = green < MIDDLE ? 0 : 0xff000000 | row[x];
            }
            alpha.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return alpha;
    }

    /** Scales without mixing pixels: a mixed edge would be neither open nor closed. */
    static BufferedImage scaled(BufferedImage mask, int width, int height) {
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setComposite(AlphaComposite.Src);
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION,
                RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        graphics.drawImage(mask, 0, 0, width, height, null);
        graphics.dispose();
        return scaled;
    }
}
