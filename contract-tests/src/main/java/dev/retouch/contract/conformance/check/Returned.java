package dev.retouch.contract.conformance.check;

import java.util.Optional;

import dev.retouch.contract.conformance.wire.Answer;
import dev.retouch.contract.harness.Picture;

/**
 * An image that an endpoint returned.
 *
 * @param place where in the answer: {@code /data/0}, or the event
 * @param base64 whether it stands in the answer itself
 * @param url the link to it, if there is one
 * @param behindLink what came from there
 * @param file its bytes, from the answer or else from behind the link
 * @param picture what is in them, if that is a picture
 * @param problem why there is no picture
 */
public record Returned(String place, boolean base64, Optional<String> url, Optional<Answer> behindLink,
        Optional<byte[]> file, Optional<Picture> picture, Optional<String> problem) {

    /** The format of its file, its width and its height. */
    public String facts() {
        return picture.map(seen -> seen.format() + " of " + seen.width() + "x" + seen.height())
                .orElseGet(() -> problem.orElse("nothing"));
    }
}
