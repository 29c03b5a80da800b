package dev.retouch.server.edit;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.RemoteImageRequest;

/** The input images of an edit, as sent to the upstream. */
sealed interface EditInputs {

    /** How large each image is, where that is known. */
    List<Dimensions> dimensions();

    /** What the gateway changed in the images, for the client. */
    default List<String> changes() {
        return List.of();
    }

    /** The images that the gateway has. */
    default List<ImageBytes> loaded() {
        return List.of();
    }

    /** How large the markup image is, if there is one: as large as the first image. */
    Optional<Dimensions> markupDimensions();

    /**
     * Images that were looked at.
     *
     * @param images at least one, in order
     * @param mask where the picture may change
     * @param markup marks that the prompt explains
     * @param dimensions of each image
     * @param json whether they came in a JSON document
     * @param changes what the gateway changed in them
     */
    record AtHand(List<ImagePart> images, Optional<ImagePart> mask, Optional<ImagePart> markup,
            List<Dimensions> dimensions, boolean json, List<String> changes) implements EditInputs {

        /** Copies the lists. */
        public AtHand {
            images = List.copyOf(images);
            dimensions = List.copyOf(dimensions);
            changes = List.copyOf(changes);
        }

        /** The same images, of which these changes were made. */
        AtHand withChanges(List<String> made) {
            return new AtHand(images, mask, markup, dimensions, json, made);
        }

        @Override
        public List<ImageBytes> loaded() {
            return images.stream().map(ImagePart::bytes).toList();
        }

        LoadedImageRequest edit(EditPlan plan, Map<String, String> parameters, EditRecord edit) {
            return new LoadedImageRequest(edit.id(), plan.modelName(), plan.prompt(), parameters, images, mask, markup,
                    json, edit.trace());
        }

        @Override
        public Optional<Dimensions> markupDimensions() {
            return markup.map(marks -> dimensions.getFirst());
        }
    }

    /**
     * Images that the upstream fetches.
     *
     * @param images where they are, at least one, in order
     * @param mask where the mask is
     * @param markup where the markup image is
     */
    record Linked(List<String> images, Optional<String> mask, Optional<String> markup) implements EditInputs {

        /** Copies the list. */
        public Linked {
            images = List.copyOf(images);
        }

        @Override
        public List<Dimensions> dimensions() {
            return images.stream().map(image -> Dimensions.UNKNOWN).toList();
        }

        RemoteImageRequest edit(EditPlan plan, Map<String, String> parameters, EditRecord edit) {
            return new RemoteImageRequest(edit.id(), plan.modelName(), plan.prompt(), parameters, images, mask, markup,
                    edit.trace());
        }

        @Override
        public Optional<Dimensions> markupDimensions() {
            return markup.map(marks -> Dimensions.UNKNOWN);
        }
    }
}
