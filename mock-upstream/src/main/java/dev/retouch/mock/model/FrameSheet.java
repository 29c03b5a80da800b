package dev.retouch.mock.model;

/**
 * How the frames of an animation lie on the one sheet that the model draws: 3 by 3 for up to 9 frames, 4 by 3 for up to 12, 4 by 4
 * for up to 16. The provider says only that the sheet must keep the model's limits; the grid is what callers measured in November 2026.
 *
 * @param columns frames beside each other
 * @param rows frames below each other
 */
public record FrameSheet(int columns, int rows) {

    /** The sheet for so many frames. */
    public static FrameSheet of(int frames) {
        return frames <= 9 ? new FrameSheet(3, 3) : new FrameSheet(4, frames <= 12 ? 3 : 4);
    }

    /** How large the sheet is with frames of this size. */
    public Size of(Size frame) {
        return new Size(frame.width() * columns, frame.height() * rows);
    }
}
