package dev.retouch.contract.conformance.check;

import dev.retouch.contract.conformance.wire.NamedFile;
import dev.retouch.contract.harness.Picture;

/**
 * An edit changes what is fully transparent in the mask, and nothing else.
 *
 * @param tolerance how far a colour may be off, of 255, without counting as changed: models repaint, and some files lose a little
 */
public record Outside(NamedFile image, NamedFile mask, int tolerance) {

    /** One pixel in a hundred may be off for its neighbour's sake. */
    private static final double ASTRAY = 0.01;
    /** An edit that leaves most of the hole alone is none. */
    private static final double PAINTED = 0.5;

    void look(String place, Picture after, Findings findings) {
        Picture before = Picture.of(image.bytes());
        Picture area = Picture.of(mask.bytes());
        if (after.width() != area.width() || after.height() != area.height()) {
            findings.differs(place, "the size of the mask, " + area.width() + "x" + area.height(),
                    after.width() + "x" + after.height());
            return;
        }
        int open = 0;
        int changed = 0;
        int closed = 0;
        int astray = 0;
        for (int y = 0; y < after.height(); y++) {
            for (int x = 0; x < after.width(); x++) {
                boolean inside = area.alpha(x, y) == 0;
                boolean differs = distance(before.argb(x, y), after.argb(x, y)) > (inside ? 0 : tolerance);
                open += inside ? 1 : 0;
                changed += inside && differs ? 1 : 0;
                closed += inside ? 0 : 1;
                astray += !inside && differs ? 1 : 0;
            }
        }
        if (astray > closed * ASTRAY) {
            findings.differs(place, "nothing changed outside the mask's hole",
                    share(astray, closed) + " of those pixels changed");
        }
        if (changed < open * PAINTED) {
            findings.differs(place, "a change inside the mask's hole",
                    share(changed, open) + " of those pixels changed");
        }
    }

    private static String share(int some, int all) {
        return all == 0 ? "none" : Math.round(1000.0 * some / all) / 10.0 + " %";
    }

    /** By how much the most different of the four channels differs. */
    private static int distance(int one, int other) {
        int most = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            most = Math.max(most, Math.abs((one >>> shift & 0xFF) - (other >>> shift & 0xFF)));
        }
        return most;
    }
}
