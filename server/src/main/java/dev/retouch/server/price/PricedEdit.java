package dev.retouch.server.price;

import java.util.List;
import java.util.Map;

import dev.retouch.server.model.ModelEntry;

/**
 * What the price of an edit depends on.
 *
 * @param entry the model
 * @param prompt what to change
 * @param parameters the other parameters, by wire name, as the upstream is given them
 * @param images the dimensions of the images that are sent; {@link Dimensions#UNKNOWN} where the upstream fetches them
 */
public record PricedEdit(ModelEntry entry, String prompt, Map<String, String> parameters, List<Dimensions> images) {

    /** Keeps the order of the images. */
    public PricedEdit {
        images = List.copyOf(images);
        parameters = Map.copyOf(parameters);
    }

    /** Width and height in pixels. */
    public record Dimensions(int width, int height) {

        /** Of an image that nobody here has seen. */
        public static final Dimensions UNKNOWN = new Dimensions(0, 0);
    }

    /** How many images are asked for. */
    public int count() {
        return Integer.parseInt(parameters.getOrDefault("n", "1"));
    }
}
