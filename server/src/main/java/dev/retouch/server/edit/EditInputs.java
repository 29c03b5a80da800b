package dev.retouch.server.edit;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.price.PricedEdit.Dimensions;
import dev.retouch.server.upstream.LinkedEdit;
import dev.retouch.server.upstream.UpstreamEdit;
import dev.retouch.server.upstream.UpstreamEdit.ImagePart;

/** The images of an edit, as they will go to the upstream. */
sealed interface EditInputs {

    /** How large each image is, as far as anybody here knows. */
    List<Dimensions> dimensions();

    /**
     * Images that were looked at.
     *
     * @param images at least one, in order
     * @param mask where the picture may change
     * @param dimensions of each image
     * @param json whether they came in a JSON document
     */
    record AtHand(List<ImagePart> images, Optional<ImagePart> mask, List<Dimensions> dimensions, boolean json)
            implements
                EditInputs {

        /** Keeps the order of everything. */
        public AtHand {
            images = List.copyOf(images);
            dimensions = List.copyOf(dimensions);
        }

        UpstreamEdit edit(EditPlan plan, Map<String, String> parameters, String requestId) {
            return new UpstreamEdit(requestId, plan.modelName(), plan.prompt(), parameters, images, mask, json);
        }
    }

    /**
     * Images that the upstream fetches by itself.
     *
     * @param images where they are, at least one, in order
     * @param mask where the mask is
     */
    record Linked(List<String> images, Optional<String> mask) implements EditInputs {

        /** Keeps the order of everything. */
        public Linked {
            images = List.copyOf(images);
        }

        @Override
        public List<Dimensions> dimensions() {
            return images.stream().map(image -> Dimensions.UNKNOWN).toList();
        }

        LinkedEdit edit(EditPlan plan, Map<String, String> parameters, String requestId) {
            return new LinkedEdit(requestId, plan.modelName(), plan.prompt(), parameters, images, mask);
        }
    }
}
