package dev.retouch.contract.conformance.check;

import java.util.Optional;

import dev.retouch.contract.conformance.wire.Answer;
import dev.retouch.contract.harness.Picture;

/**
 * An image returned by an endpoint.
 *
 * @param place its place in the response: {@code /data/0}, or the event
 * @param base64 whether the response contains it as base64
 * @param url its link; empty if it has none
 * @param behindLink the response of the link
 * @param file its bytes, from the response or from the link
 * @param picture the decoded image; empty if the bytes are no image
 * @param problem why it could not be decoded
 */
public record Returned(String place, boolean base64, Optional<String> url, Optional<Answer> behindLink,
        Optional<byte[]> file, Optional<Picture> picture, Optional<String> problem) {

    /** The format of its file, its width and its height. */
    public String facts() {
        return picture.map(seen -> seen.format() + " of " + seen.width() + "x" + seen.height())
                .orElseGet(() -> problem.orElse("nothing"));
    }
}
