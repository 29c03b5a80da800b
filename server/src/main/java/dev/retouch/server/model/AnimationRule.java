package dev.retouch.server.model;

import java.util.Comparator;
import java.util.List;

/**
 * The animations of a model. All frames are drawn on one sheet, in a grid: the sheet must keep the bounds of the model's sizes, and
 * its tokens are what the animation costs.
 *
 * @param sheets the grids, by how many frames fit on them
 */
public record AnimationRule(List<Sheet> sheets) {

    /** Refuses an empty list; the smaller sheets come first. */
    public AnimationRule {
        if (sheets == null || sheets.isEmpty()) {
            throw new IllegalArgumentException("an animation needs sheets");
        }
        sheets = sheets.stream().sorted(Comparator.comparingInt(Sheet::frames)).toList();
    }

    /**
     * A grid of frames.
     *
     * @param frames the most frames that are drawn on it
     * @param columns frames in a row
     * @param rows frames in a column
     */
    public record Sheet(int frames, int columns, int rows) {

        /** Refuses a grid that does not hold its frames. */
        public Sheet {
            if (columns < 1 || rows < 1 || frames < 1 || columns * rows < frames) {
                throw new IllegalArgumentException("a sheet of " + columns + " by " + rows + " does not hold " + frames
                        + " frames");
            }
        }

        /** The size of the sheet with frames of this size. */
        public PixelSize of(PixelSize frame) {
            return new PixelSize(Math.multiplyExact(frame.width(), columns), Math.multiplyExact(frame.height(), rows));
        }
    }

    /** The smallest sheet for so many frames, or the largest there is. */
    public Sheet sheet(int frames) {
        return sheets.stream().filter(sheet -> sheet.frames() >= frames).findFirst().orElseGet(sheets::getLast);
    }
}
