package dev.retouch.mock.picture;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Draws a picture as a vector image: flat rectangles of its colours, so that it looks like the picture from afar and is as large
 * on a screen. The prompt becomes its title.
 */
public final class SvgWriter {

    private static final int CELLS = 48;
    /** Keeps the upper bits of each channel, so that neighbouring cells often have one colour and become one rectangle. */
    private static final int MASK = 0xF0F0F0;

    private SvgWriter() {}

    /** Writes a picture, and returns how many characters the document has. */
    public static int write(Picture picture, String title, Path file) throws IOException {
        StringBuilder document = new StringBuilder();
        document.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(picture.width()).append(' ')
                .append(picture.height()).append("\" width=\"").append(picture.width()).append("\" height=\"")
                .append(picture.height()).append("\">\n<title>").append(escaped(title)).append("</title>\n");
        int cell = Math.max(1, Math.ceilDiv(Math.max(picture.width(), picture.height()), CELLS));
        for (int y = 0; y < picture.height(); y += cell) {
            row(picture, y, cell, document);
        }
        document.append("</svg>\n");
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.append(document);
        }
        return document.length();
    }

    private static void row(Picture picture, int y, int cell, StringBuilder document) {
        int from = 0;
        while (from < picture.width()) {
            int color = color(picture, from, y, cell);
            int to = from + cell;
            while (to < picture.width() && color(picture, to, y, cell) == color) {
                to += cell;
            }
            if (color >= 0) {
                document.append("<rect x=\"").append(from).append("\" y=\"").append(y).append("\" width=\"")
                        .append(Math.min(to, picture.width()) - from).append("\" height=\"")
                        .append(Math.min(cell, picture.height() - y)).append("\" fill=\"#")
                        .append(String.format("%06x", color)).append("\"/>\n");
            }
            from = to;
        }
    }

    /** The colour in the middle of a cell; -1 where nothing is there. */
    private static int color(Picture picture, int x, int y, int cell) {
        int argb = picture.at(Math.min(x + cell / 2, picture.width() - 1),
                Math.min(y + cell / 2, picture.height() - 1));
        return argb >>> 24 == 0 ? -1 : argb & MASK;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                default -> {
                    // XML 1.0 has no place for control characters and lone surrogates
                    boolean allowed = c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xD800)
                            || (c >= 0xE000 && c != 0xFFFE && c != 0xFFFF);
                    escaped.appendCodePoint(allowed ? c : 0xFFFD);
                }
            }
        });
        return escaped.toString();
    }
}
