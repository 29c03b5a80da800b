package dev.retouch.mock.picture;

import java.awt.Rectangle;
import java.util.BitSet;

/** The pixels that may change, and the smallest rectangle around them. */
public record EditArea(int width, int height, BitSet open, Rectangle bounds) {

    /** What is less opaque than this is no mark but the rim of one. */
    private static final int FAINT = 8;

    /** An area of all pixels. */
    public static EditArea everything(int width, int height) {
        BitSet open = new BitSet(width * height);
        open.set(0, width * height);
        return new EditArea(width, height, open, new Rectangle(0, 0, width, height));
    }

    /** The fully transparent area of a mask. */
    public static EditArea whereTransparent(Picture mask) {
        BitSet open = new BitSet(mask.argb().length);
        int left = mask.width();
        int right = -1;
        int top = -1;
        int bottom = -1;
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                if (mask.at(x, y) >>> 24 == 0) {
                    open.set(y * mask.width() + x);
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = top < 0 ? y : top;
                    bottom = y;
                }
            }
        }
        Rectangle bounds = right < 0 ? new Rectangle() : new Rectangle(left, top, right - left + 1, bottom - top + 1);
        return new EditArea(mask.width(), mask.height(), open, bounds);
    }

    /** The rectangle around every mark, or everything where nothing is marked. */
    public static EditArea aroundMarks(Picture markup) {
        Rectangle marked = new Rectangle();
        for (int y = 0; y < markup.height(); y++) {
            for (int x = 0; x < markup.width(); x++) {
                if (markup.at(x, y) >>> 24 > FAINT) {
                    marked = marked.isEmpty() ? new Rectangle(x, y, 1, 1) : marked.union(new Rectangle(x, y, 1, 1));
                }
            }
        }
        if (marked.isEmpty()) {
            return everything(markup.width(), markup.height());
        }
        BitSet open = new BitSet(markup.argb().length);
        for (int y = marked.y; y < marked.y + marked.height; y++) {
            open.set(y * markup.width() + marked.x, y * markup.width() + marked.x + marked.width);
        }
        return new EditArea(markup.width(), markup.height(), open, marked);
    }

    public boolean isEmpty() {
        return open.isEmpty();
    }

    boolean contains(int x, int y) {
        return open.get(y * width + x);
    }
}
