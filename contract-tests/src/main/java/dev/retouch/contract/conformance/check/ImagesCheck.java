package dev.retouch.contract.conformance.check;

import java.util.List;
import java.util.Optional;

import dev.retouch.contract.harness.Picture;

/**
 * What the returned images are. What is not said may be as it likes.
 *
 * @param count how many
 * @param form how they are returned
 * @param format the format of their files
 * @param size width and height
 * @param sizeOrWarning width and height, unless {@code x-retouch-warning} speaks of the size
 * @param transparent whether something can be seen through them
 * @param outside where they must be as they were
 */
public record ImagesCheck(Optional<Integer> count, Optional<ReturnedAs> form, Optional<String> format,
        Optional<String> size, Optional<String> sizeOrWarning, Optional<Boolean> transparent,
        Optional<Outside> outside) implements Check {

    /** How an image is returned. */
    public enum ReturnedAs {
        /** In base64 and not by link. */
        B64_JSON,
        /** By link and not in base64. */
        URL
    }

    @Override
    public void look(Evidence evidence, Findings findings) throws InterruptedException {
        List<Returned> images = evidence.images();
        if (count.isPresent() ? images.size() != count.get() : images.isEmpty()) {
            findings.differs("images", count.map(String::valueOf).orElse("some"), String.valueOf(images.size()));
        }
        for (Returned image : images) {
            look(image, evidence, findings);
        }
    }

    private void look(Returned image, Evidence evidence, Findings findings) {
        String place = image.place();
        form.filter(wanted -> (wanted == ReturnedAs.B64_JSON) != image.base64()
                || (wanted == ReturnedAs.URL) != image.url().isPresent())
                .ifPresent(wanted -> findings.differs(place, wanted == ReturnedAs.URL ? "a link" : "base64",
                        image.base64() && image.url().isPresent() ? "both" : image.base64() ? "base64" : "a link"));
        if (image.picture().isEmpty()) {
            findings.differs(place, "a picture", image.facts());
            return;
        }
        Picture picture = image.picture().get();
        String seen = picture.width() + "x" + picture.height();
        size.filter(wanted -> !wanted.equals(seen)).ifPresent(wanted -> findings.differs(place, wanted, seen));
        sizeOrWarning.filter(wanted -> !wanted.equals(seen) && !warnsOfSize(evidence)).ifPresent(
                wanted -> findings.differs(place, wanted + ", or an x-retouch-warning about the size", seen));
        format.filter(wanted -> !wanted.equals(picture.format()))
                .ifPresent(wanted -> findings.differs(place, wanted, picture.format()));
        transparent.filter(wanted -> wanted != isTransparent(picture)).ifPresent(
                wanted -> findings.differs(place, wanted ? "something transparent" : "nothing transparent",
                        wanted ? "an opaque picture" : "a picture that can be seen through"));
        outside.ifPresent(wanted -> wanted.look(place, picture, findings));
    }

    private static boolean warnsOfSize(Evidence evidence) {
        return evidence.answer().header("x-retouch-warning").filter(text -> text.contains("size")).isPresent();
    }

    private static boolean isTransparent(Picture picture) {
        if (!picture.pixels().getColorModel().hasAlpha()) {
            return false;
        }
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                if (picture.alpha(x, y) < 128) {
                    return true;
                }
            }
        }
        return false;
    }
}
