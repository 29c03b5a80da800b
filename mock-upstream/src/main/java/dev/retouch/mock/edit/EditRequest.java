package dev.retouch.mock.edit;

import java.util.List;
import java.util.Optional;

import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.model.FrameSheet;
import dev.retouch.mock.model.Model;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFacts;
import dev.retouch.mock.picture.ImageFormat;

/** An edit that passed every rule, with all defaults filled in. */
record EditRequest(Model model, String prompt, List<Input> images, Guides guides, int n, Size size, String quality,
        Complexity complexity, Background background, Output output, boolean highFidelity, Delivery delivery) {

    /** An uploaded image and the metadata of its headers. */
    record Input(String parameter, StoredBytes bytes, ImageFacts facts) {}

    /** What says where the image changes; never both. */
    record Guides(Optional<Input> mask, Optional<Input> markup) {}

    /** How the result is encoded. */
    record Output(ImageFormat format, int compression, Optional<Animation> animation, Optional<String> svgModel) {}

    /** An animation: how many frames, on which sheet, how long each is shown. */
    record Animation(int frames, FrameSheet sheet, int frameMilliseconds) {}

    /** How the result is returned. */
    record Delivery(boolean stream, int partialImages, boolean asUrl) {}

    /** How much is planned: here, how many lights are painted. */
    enum Complexity {
        LOW(2), MEDIUM(4), HIGH(6);

        private final int lights;

        Complexity(int lights) {
            this.lights = lights;
        }

        int lights() {
            return lights;
        }
    }

    /** The background of the result. */
    enum Background {
        AUTO, TRANSPARENT, OPAQUE
    }

    EditRequest {
        images = List.copyOf(images);
    }

    /** The size of what the model draws: a whole sheet for an animation. */
    Size drawn() {
        return output.animation().map(animation -> animation.sheet().of(size)).orElse(size);
    }

    Input first() {
        return images.getFirst();
    }
}
