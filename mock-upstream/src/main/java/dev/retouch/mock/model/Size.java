package dev.retouch.mock.model;

import java.util.Optional;

/** Width and height in pixels, written {@code 1024x1536} on the wire. */
public record Size(int width, int height) {

    public static Optional<Size> parse(String text) {
        int cross = text.indexOf('x');
        if (cross < 1 || cross > 5 || text.length() - cross > 6 || !digits(text, 0, cross)
                || !digits(text, cross + 1, text.length())) {
            return Optional.empty();
        }
        return Optional.of(new Size(Integer.parseInt(text, 0, cross, 10),
                Integer.parseInt(text, cross + 1, text.length(), 10)));
    }

    private static boolean digits(String text, int from, int to) {
        return from < to && text.substring(from, to).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    public long pixels() {
        return (long) width * height;
    }

    public double ratio() {
        return (double) width / height;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
