package dev.retouch.server.config;

import java.util.Set;

import dev.retouch.server.answer.MismatchPolicy;
import dev.retouch.server.edit.DisconnectPolicy;
import dev.retouch.server.edit.ImageUrlPolicy;
import dev.retouch.server.edit.UnknownParameterPolicy;
import dev.retouch.server.normalise.NormalisationStep;
import dev.retouch.server.settings.ByteSize;
import dev.retouch.server.settings.SettingChecks;
import dev.retouch.server.upstream.UnsupportedPolicy;

/**
 * The policies of edits.
 *
 * @param unknownParameters what happens to parameters that the contract does not define
 * @param mismatch what happens if the upstream returns something else than requested
 * @param unsupported what happens if no upstream can run an edit as requested
 * @param imageUrls who downloads images by URL
 * @param clientDisconnect what happens to an edit whose client disconnects
 * @param maxReturnedImage the largest image that an upstream may return
 * @param normalise names of the changes that the gateway makes to images, separated by commas
 * @param strictMaskPixels the largest image that can have a strict mask, in pixels
 * @param strictMaskEdge width of the edge inside a strict mask, in pixels
 */
public record EditSettings(UnknownParameterPolicy unknownParameters, MismatchPolicy mismatch,
        UnsupportedPolicy unsupported, ImageUrlPolicy imageUrls, DisconnectPolicy clientDisconnect,
        ByteSize maxReturnedImage, String normalise, int strictMaskPixels, int strictMaskEdge) {

    private static final int MAX_PIXELS = 250_000_000;
    private static final int MAX_EDGE = 80;

    /** Checks that an image fits, that the steps exist, and the bounds of strict masks. */
    public EditSettings {
        SettingChecks.check(maxReturnedImage.bytes() >= 1024, "max-returned-image", "must be at least 1KB");
        SettingChecks.check(strictMaskPixels >= 1 && strictMaskPixels <= MAX_PIXELS, "strict-mask-pixels",
                "must be from 1 to " + MAX_PIXELS);
        SettingChecks.check(strictMaskEdge >= 0 && strictMaskEdge <= MAX_EDGE, "strict-mask-edge",
                "must be from 0 to " + MAX_EDGE);
        try {
            NormalisationStep.parse(normalise);
        } catch (IllegalArgumentException e) {
            SettingChecks.check(false, "normalise", String.valueOf(e.getMessage()));
        }
    }

    /** The changes that the gateway makes to images of groups that do not choose their own. */
    public Set<NormalisationStep> normalisation() {
        return NormalisationStep.parse(normalise);
    }
}
