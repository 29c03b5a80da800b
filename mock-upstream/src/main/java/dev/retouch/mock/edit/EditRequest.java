package dev.retouch.mock.edit;

import java.util.List;
import java.util.Optional;

import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.model.Model;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFacts;
import dev.retouch.mock.picture.ImageFormat;

/** An edit that passed every rule, with all defaults filled in. */
record EditRequest(Model model, String prompt, List<Input> images, Optional<Input> mask, int n, Size size,
        String quality, Background background, Output output, boolean highFidelity, Delivery delivery) {

    /** An image that was sent, and what its headers say. */
    record Input(String parameter, StoredBytes bytes, ImageFacts facts) {}

    /** How the result is encoded. */
    record Output(ImageFormat format, int compression) {}

    /** How the result travels. */
    record Delivery(boolean stream, int partialImages, boolean asUrl) {}

    /** What lies behind the subject. */
    enum Background {
        AUTO, TRANSPARENT, OPAQUE
    }

    EditRequest {
        images = List.copyOf(images);
    }

    Input first() {
        return images.getFirst();
    }
}
