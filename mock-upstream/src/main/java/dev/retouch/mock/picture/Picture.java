package dev.retouch.mock.picture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/** Pixels as ARGB, not premultiplied, row by row. The array belongs to the picture. */
public final class Picture {

    private final int width;
    private final int height;
    private final int[] argb;

    public Picture(int width, int height, int[] argb) {
        if (argb.length != width * height) {
            throw new IllegalArgumentException("not " + width + "x" + height + " pixels: " + argb.length);
        }
        this.width = width;
        this.height = height;
        this.argb = argb;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** The pixels themselves, not a copy: a picture of eight million pixels exists once. */
    int[] argb() {
        return argb;
    }

    Picture copy() {
        return new Picture(width, height, argb.clone());
    }

    int at(int x, int y) {
        return argb[y * width + x];
    }

    /** Whether any pixel lets something shine through. */
    public boolean translucent() {
        for (int pixel : argb) {
            if (pixel >>> 24 != 0xFF) {
                return true;
            }
        }
        return false;
    }

    /** With white pixels transparent and all others opaque: a mask whose white pixels may change, with the meaning of alpha. */
    public Picture whiteAsTransparent() {
        int[] mask = new int[argb.length];
        for (int i = 0; i < argb.length; i++) {
            mask[i] = (argb[i] & 0xFF) > 0x7F ? 0 : 0xFF000000;
        }
        return new Picture(width, height, mask);
    }

    /** With every pixel laid over white. */
    public Picture onWhite() {
        int[] flat = new int[argb.length];
        for (int i = 0; i < argb.length; i++) {
            flat[i] = Colors.mix(0xFFFFFFFF, argb[i] | 0xFF000000, (argb[i] >>> 24) / 255f);
        }
        return new Picture(width, height, flat);
    }

    /** An image over the same pixels; {@code alpha} says whether it has a channel for it. */
    BufferedImage toImage(boolean alpha) {
        BufferedImage image = new BufferedImage(width, height,
                alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        System.arraycopy(argb, 0, ((DataBufferInt) image.getRaster().getDataBuffer()).getData(), 0, argb.length);
        return image;
    }
}
