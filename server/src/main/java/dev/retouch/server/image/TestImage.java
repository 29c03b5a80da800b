package dev.retouch.server.image;

import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

import javax.imageio.ImageIO;

/** Draws the small png that tests of upstreams edit: a landscape with a transparent circle, which models that need transparency may change. */
public final class TestImage {

    /** Width and height in pixels. */
    public static final int EDGE = 512;

    private TestImage() {}

    /** Returns the bytes of the file. */
    public static byte[] png() {
        BufferedImage image = new BufferedImage(EDGE, EDGE, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, new Color(0x8ec5e8), 0, EDGE, new Color(0x4d7f52)));
        graphics.fillRect(0, 0, EDGE, EDGE);
        graphics.setComposite(AlphaComposite.Clear);
        graphics.fillOval(EDGE / 4, EDGE / 4, EDGE / 2, EDGE / 2);
        graphics.dispose();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }
}
