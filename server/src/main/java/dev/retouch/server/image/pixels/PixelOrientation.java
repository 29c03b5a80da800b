package dev.retouch.server.image.pixels;

/** Turns and mirrors pixels by an EXIF orientation (EXIF 2.32, tag 0x0112). */
final class PixelOrientation {

    private PixelOrientation() {}

    /** The displayed image; the same object if the stored image needs no turn. */
    static Pixels displayed(Pixels stored, int orientation) {
        if (orientation <= 1 || orientation > 8) {
            return stored;
        }
        boolean turned = orientation >= 5;
        int width = turned ? stored.height() : stored.width();
        int height = turned ? stored.width() : stored.height();
        Pixels displayed = new Pixels(width, height, stored.deep());
        int[] source = new int[stored.width() * Pixels.SAMPLES];
        int[] row = new int[width * Pixels.SAMPLES];
        if (!turned) {
            boolean right = orientation == 2 || orientation == 3;
            boolean down = orientation == 3 || orientation == 4;
            for (int y = 0; y < height; y++) {
                stored.read(down ? height - 1 - y : y, source);
                for (int x = 0; x < width; x++) {
                    System.arraycopy(source, (right ? width - 1 - x : x) * Pixels.SAMPLES, row, x * Pixels.SAMPLES,
                            Pixels.SAMPLES);
                }
                displayed.write(y, row);
            }
            return displayed;
        }
        // 5: mirrored along the main diagonal; 6: turned clockwise; 7: along the other diagonal; 8: counterclockwise
        boolean fromRight = orientation == 7 || orientation == 8;
        boolean fromBottom = orientation == 6 || orientation == 7;
        for (int y = 0; y < height; y++) {
            stored.readColumn(fromRight ? height - 1 - y : y, row);
            if (fromBottom) {
                reverse(row);
            }
            displayed.write(y, row);
        }
        return displayed;
    }

    private static void reverse(int[] row) {
        for (int left = 0,
                right = row.length - Pixels.SAMPLES; left < right; left += Pixels.SAMPLES, right -= Pixels.SAMPLES) {
            for (int sample = 0; sample < Pixels.SAMPLES; sample++) {
                int other = row[left + sample];
                row[left + sample] = row[right + sample];
                row[right + sample] = other;
            }
        }
    }
}
