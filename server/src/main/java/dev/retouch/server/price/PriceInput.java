package dev.retouch.server.price;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.ParameterRule;

/**
 * What the price of an edit depends on.
 *
 * @param entry the model
 * @param prompt what to change
 * @param parameters the other parameters, by wire name, as the upstream is given them
 * @param images the dimensions of the images that are sent; {@link Dimensions#UNKNOWN} where the upstream fetches them
 * @param markup the dimensions of the markup image, if there is one
 * @param promptTokens the tokens of the prompt; null if they were not counted yet
 */
public record PriceInput(ModelEntry entry, String prompt, Map<String, String> parameters, List<Dimensions> images,
        Optional<Dimensions> markup, @Nullable Long promptTokens) {

    /** Copies the collections. */
    public PriceInput {
        images = List.copyOf(images);
        parameters = Map.copyOf(parameters);
    }

    /** An edit without a markup image. */
    public PriceInput(ModelEntry entry, String prompt, Map<String, String> parameters, List<Dimensions> images) {
        this(entry, prompt, parameters, images, Optional.empty());
    }

    /** An edit whose prompt was not counted yet. */
    public PriceInput(ModelEntry entry, String prompt, Map<String, String> parameters, List<Dimensions> images,
            Optional<Dimensions> markup) {
        this(entry, prompt, parameters, images, markup, null);
    }

    /** The same edit with the tokens of its prompt. */
    PriceInput withPromptTokens(long tokens) {
        return new PriceInput(entry, prompt, parameters, images, markup, tokens);
    }

    /** The number of images requested. */
    public int count() {
        return Integer.parseInt(parameters.getOrDefault("n", "1"));
    }

    /** Whether an animation is asked for. */
    boolean animated() {
        return "gif".equals(parameters.get("output_format"));
    }

    /** How many frames an animation has. */
    int frames() {
        ParameterRule rule = entry.parameters().get("frame_count");
        String otherwise = rule == null ? null : rule.defaultValue();
        return Integer.parseInt(parameters.getOrDefault("frame_count", otherwise == null ? "1" : otherwise));
    }
}
