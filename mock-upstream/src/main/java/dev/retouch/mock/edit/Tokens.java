package dev.retouch.mock.edit;

import java.util.Objects;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;

import dev.retouch.mock.model.OutputTokens;
import dev.retouch.mock.picture.ImageFacts;

/**
 * Counts the tokens of an edit.
 *
 * <p>Text: the prompt in the o200k_base encoding.
 *
 * <p>Input images, by the rule OpenAI publishes for its GPT image models ("Calculating costs" in the images and vision guide): an
 * image is scaled down to fit 2048x2048, then scaled so that its shorter side is 512; it costs 65 tokens, and 129 for every
 * 512x512 tile that is needed to cover it. {@code input_fidelity=high} adds 4160 for a square image and 6240 for any other. The rule says
 * nothing of masks: a mask is not counted.
 *
 * <p>Output images: see {@link OutputTokens}. An animation counts as the one sheet that it is drawn on.
 */
final class Tokens {

    private static final double LARGEST = 2048;
    private static final double TILE = 512;
    private static final int BASE = 65;
    private static final int PER_TILE = 129;
    private static final int FIDELITY_SQUARE = 4160;
    private static final int FIDELITY_OTHER = 6240;

    private final int partialImage;
    /** Loaded on first use, because loading the vocabulary is slow and many tests never count. */
    private final EncodingRegistry encodings = Encodings.newLazyEncodingRegistry();

    Tokens(int partialImage) {
        this.partialImage = partialImage;
    }

    /** Returns the usage of a number of final images, each with a number of partial images. */
    Usage of(EditRequest edit, int images) {
        int input = edit.images().stream().mapToInt(image -> input(image.facts(), edit.highFidelity())).sum();
        int partials = edit.delivery().stream() ? edit.delivery().partialImages() * partialImage : 0;
        OutputTokens tokens = Objects.requireNonNull(edit.model().family().outputTokens());
        int output = images * (tokens.of(edit.quality(), edit.drawn()) + partials);
        int text = encodings.getEncoding(EncodingType.O200K_BASE).countTokensOrdinary(edit.prompt());
        return new Usage(text, input, output);
    }

    static int input(ImageFacts image, boolean highFidelity) {
        double fit = Math.min(1, LARGEST / Math.max(image.width(), image.height()));
        double scale = TILE / (Math.min(image.width(), image.height()) * fit) * fit;
        int tiles = tiles(image.width() * scale) * tiles(image.height() * scale);
        int fidelity = image.width() == image.height() ? FIDELITY_SQUARE : FIDELITY_OTHER;
        return BASE + PER_TILE * tiles + (highFidelity ? fidelity : 0);
    }

    private static int tiles(double edge) {
        return (int) Math.ceil(Math.round(edge) / TILE);
    }
}
