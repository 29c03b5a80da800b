package dev.retouch.mock.picture;

import java.awt.Color;
import java.awt.Rectangle;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Changes a picture inside its allowed area: a wash of two colours with a few soft lights, the other images as thumbnails, the
 * prompt as a caption. The same seed and index give the same pixels; another index gives other colours.
 */
public final class Painter {

    private static final float GOLDEN = 0.618034f;
    private static final float STRENGTH = 0.62f;

    private final EditArea area;
    private final Picture canvas;

    public Painter(Picture original, EditArea area) {
        this.area = area;
        this.canvas = original.copy();
    }

    /**
     * What to paint.
     *
     * @param lights how many soft lights there are
     * @param turn how far the colours are turned, from 0 to 1, where 1 is 0 again
     * @param cutOut whether the rim of the area becomes transparent
     */
    public record Task(long seed, int index, String prompt, List<Picture> thumbnails, int lights, float turn,
            boolean cutOut) {
        public Task {
            thumbnails = List.copyOf(thumbnails);
        }
    }

    public Picture paint(Task task) {
        if (area.isEmpty()) {
            return canvas;
        }
        SplittableRandom random = new SplittableRandom(task.seed());
        // the index turns the colour wheel, so that two images of one answer never look alike
        float hue = (random.nextInt(1000) / 1000f + task.index() * GOLDEN + task.turn()) % 1f;
        wash(random, hue);
        lights(random, hue, task.lights());
        if (task.cutOut()) {
            cutOut();
        }
        thumbnails(task.thumbnails());
        caption(task.prompt(), hue);
        return canvas;
    }

    /** Two neighbouring hues flow into each other over the shapes that were there. */
    private void wash(SplittableRandom random, float hue) {
        int one = Color.HSBtoRGB(hue, 0.60f, 1f);
        int other = Color.HSBtoRGB((hue + 0.10f + random.nextInt(100) / 600f) % 1f, 0.72f, 0.92f);
        double angle = random.nextDouble() * Math.PI * 2;
        Rectangle bounds = area.bounds();
        float[] acrossX = ramp(bounds.width, Math.cos(angle), random);
        float[] acrossY = ramp(bounds.height, Math.sin(angle), random);
        for (int y = 0; y < bounds.height; y++) {
            for (int x = 0; x < bounds.width; x++) {
                if (area.contains(bounds.x + x, bounds.y + y)) {
                    float share = Math.clamp(0.5f + acrossX[x] + acrossY[y], 0f, 1f);
                    recolor(bounds.x + x, bounds.y + y, Colors.mix(one, other, share));
                }
            }
        }
    }

    /** A slope with a gentle wave on it, around zero. */
    private static float[] ramp(int length, double slope, SplittableRandom random) {
        double waves = (1.5 + random.nextDouble() * 2) * Math.PI * 2;
        double phase = random.nextDouble() * Math.PI * 2;
        float[] ramp = new float[length];
        for (int i = 0; i < length; i++) {
            double at = (double) i / length;
            ramp[i] = (float) ((at - 0.5) * slope * 0.8 + Math.sin(at * waves + phase) * 0.07);
        }
        return ramp;
    }

    private void recolor(int x, int y, int color) {
        int i = y * canvas.width() + x;
        int before = canvas.argb()[i];
        float visible = (before >>> 24) / 255f;
        float light = 0.78f * (1 - visible) + Colors.luminance(before) * visible;
        int tinted = Colors.shade(color, 0.45f + 0.6f * light);
        int after = Colors.mix(before | 0xFF000000, tinted, visible == 0 ? 1f : STRENGTH);
        // where the colour happens to be there already, the pixel must still show that it was edited
        canvas.argb()[i] = after == before ? after ^ 0x00080808 : after;
    }

    private void lights(SplittableRandom random, float hue, int lights) {
        Rectangle bounds = area.bounds();
        int color = Color.HSBtoRGB((hue + 0.45f) % 1f, 0.25f, 1f);
        for (int light = 0; light < lights; light++) {
            int radius = 2 + (int) (Math.min(bounds.width, bounds.height) * (0.05 + random.nextDouble() * 0.15));
            int centerX = bounds.x + random.nextInt(bounds.width);
            int centerY = bounds.y + random.nextInt(bounds.height);
            glow(new Rectangle(centerX - radius, centerY - radius, 2 * radius, 2 * radius), color);
        }
    }

    private void glow(Rectangle around, int color) {
        double radius = around.width / 2.0;
        Rectangle seen = around.intersection(area.bounds());
        for (int y = seen.y; y < seen.y + seen.height; y++) {
            for (int x = seen.x; x < seen.x + seen.width; x++) {
                double distance = Math.hypot(x - around.getCenterX(), y - around.getCenterY()) / radius;
                if (distance < 1 && area.contains(x, y)) {
                    int i = y * canvas.width() + x;
                    canvas.argb()[i] = Colors.mix(canvas.argb()[i], color, (float) (0.35 * (1 - distance * distance)));
                }
            }
        }
    }

    /** Keeps an oval in the middle; its rectangle's rim always reaches beyond it, so something does become transparent. */
    private void cutOut() {
        Rectangle bounds = area.bounds();
        for (int y = bounds.y; y < bounds.y + bounds.height; y++) {
            for (int x = bounds.x; x < bounds.x + bounds.width; x++) {
                double fromX = (x + 0.5 - bounds.getCenterX()) / (bounds.width * 0.45);
                double fromY = (y + 0.5 - bounds.getCenterY()) / (bounds.height * 0.45);
                if (fromX * fromX + fromY * fromY > 1 && area.contains(x, y)) {
                    canvas.argb()[y * canvas.width() + x] = 0;
                }
            }
        }
    }

    /** How large the thumbnails should be that {@link #paint} gets. */
    public static int thumbnailEdge(EditArea area) {
        return Math.max(4, Math.min(area.bounds().width, area.bounds().height) / 6);
    }

    private void thumbnails(List<Picture> thumbnails) {
        Rectangle bounds = area.bounds();
        int edge = thumbnailEdge(area);
        int gap = Math.max(1, edge / 8);
        int columns = Math.max(1, (bounds.width - gap) / (edge + gap));
        for (int i = 0; i < thumbnails.size(); i++) {
            int x = bounds.x + gap + i % columns * (edge + gap);
            int y = bounds.y + gap + i / columns * (edge + gap);
            blend(thumbnails.get(i), x, y, 0.85f);
        }
    }

    private void caption(String prompt, float hue) {
        Rectangle bounds = area.bounds();
        int ink = Color.HSBtoRGB((hue + 0.5f) % 1f, 0.15f, 1f);
        new Caption(prompt, ink).draw(bounds.width, canvas.height()).ifPresent(
                label -> blend(label, bounds.x + (bounds.width - label.width()) / 2, bounds.y + bounds.height
                        - label.height() - Math.max(2, bounds.height / 40), 1f));
    }

    /** Lays a picture over the canvas, as far as the area allows. */
    private void blend(Picture picture, int left, int top, float opacity) {
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                int toX = left + x;
                int toY = top + y;
                if (toX >= 0 && toY >= 0 && toX < canvas.width() && toY < canvas.height() && area.contains(toX, toY)) {
                    int i = toY * canvas.width() + toX;
                    int from = picture.at(x, y);
                    canvas.argb()[i] = over(canvas.argb()[i], from, (from >>> 24) / 255f * opacity);
                }
            }
        }
    }

    private static int over(int below, int above, float share) {
        int opaqueBelow = below >>> 24 == 0 ? above | 0xFF000000 : below;
        int mixed = Colors.mix(opaqueBelow, above | 0xFF000000, share);
        return below >>> 24 == 0 ? (mixed & 0xFFFFFF) | (Math.round(255 * share) << 24) : mixed;
    }
}
