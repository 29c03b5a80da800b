package dev.retouch.mock.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Draws the prompt as a small label, if the fonts of this machine have its characters. */
final class Caption {

    private static final Logger LOG = LoggerFactory.getLogger(Caption.class);
    private static final int SMALLEST_WIDTH = 24;
    private static final int MAX_CHARACTERS = 120;

    private final String prompt;
    private final int ink;

    Caption(String prompt, int ink) {
        this.prompt = prompt;
        this.ink = ink;
    }

    /** Returns the label, or empty if it does not fit or no font has its characters. */
    Optional<Picture> draw(int room, int canvasHeight) {
        if (room < SMALLEST_WIDTH) {
            return Optional.empty();
        }
        try {
            return label(room, Math.max(9, canvasHeight / 40));
        } catch (RuntimeException | LinkageError | InternalError e) {
            // a machine without fonts, or without the font library: the image is edited without a caption
            LOG.debug("no caption: {}", e.toString());
            return Optional.empty();
        }
    }

    private Optional<Picture> label(int room, int size) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, size);
        String words = drawable(font);
        if (words.isEmpty()) {
            return Optional.empty();
        }
        int padding = size / 2;
        FontMetrics metrics = metrics(font);
        String line = shortened(words, metrics, room - 2 * padding);
        if (line.isEmpty()) {
            return Optional.empty();
        }
        BufferedImage image = new BufferedImage(metrics.stringWidth(line) + 2 * padding,
                metrics.getHeight() + padding, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setColor(new Color(20, 20, 28, 150));
            graphics.fillRoundRect(0, 0, image.getWidth(), image.getHeight(), size, size);
            graphics.setFont(font);
            graphics.setColor(new Color(ink));
            graphics.drawString(line, padding, padding / 2 + metrics.getAscent());
        } finally {
            graphics.dispose();
        }
        int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return Optional.of(new Picture(image.getWidth(), image.getHeight(), argb));
    }

    private static FontMetrics metrics(Font font) {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB).createGraphics();
        try {
            return graphics.getFontMetrics(font);
        } finally {
            graphics.dispose();
        }
    }

    /** The prompt on one line, without the characters that would be empty boxes. */
    private String drawable(Font font) {
        StringBuilder words = new StringBuilder();
        prompt.codePoints().limit(MAX_CHARACTERS).map(c -> Character.isWhitespace(c) ? ' ' : c)
                .filter(c -> font.canDisplay(c) && !Character.isISOControl(c)).forEach(words::appendCodePoint);
        return words.toString().strip().replaceAll(" +", " ");
    }

    private static String shortened(String words, FontMetrics metrics, int room) {
        if (metrics.stringWidth(words) <= room) {
            return words;
        }
        String line = words;
        while (!line.isEmpty() && metrics.stringWidth(line + "…") > room) {
            line = line.substring(0, line.offsetByCodePoints(line.length(), -1));
        }
        return line.isEmpty() ? "" : line.strip() + "…";
    }
}
