package dev.retouch.server.upstream;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What an upstream kind takes and returns. The traits decide how an edit is adapted to an upstream, and which upstreams can take it.
 *
 * @param request the form of the request, for people
 * @param auth the header of the key, for people
 * @param url the URL of an edit, for people
 * @param mask what a mask means
 * @param size the form of a size
 * @param count what happens to {@code n}
 * @param result the form of the images in the response
 * @param flow how the answer arrives
 * @param cost where the cost comes from
 * @param inputs the wire names of the formats of input images
 * @param outputs the wire names of the formats of results that can be chosen; null if none can be chosen
 * @param maxImages the maximum number of input images; 0 if the model decides
 * @param streams whether it streams partial images
 * @param takesUrls whether it fetches input images by URL
 * @param parameters the parameters that it takes besides those that have a trait; null for all
 */
public record KindTraits(String request, String auth, String url, Mask mask, Size size, Count count, Result result,
        Flow flow, Cost cost, Set<String> inputs, @Nullable Set<String> outputs, int maxImages, boolean streams,
        boolean takesUrls, @Nullable Set<String> parameters) {

    /** Copies the sets. */
    public KindTraits {
        inputs = Set.copyOf(inputs);
        outputs = outputs == null ? null : Set.copyOf(outputs);
        parameters = parameters == null ? null : Set.copyOf(parameters);
    }

    /** Which pixels of a mask may change. */
    public enum Mask {
        /** Those that are fully transparent. */
        ALPHA,
        /** Those that are white. */
        WHITE,
        /** Those that are black. */
        BLACK,
        /** There are no masks. */
        NONE
    }

    /** The form of a size. */
    public enum Size {
        /** Width and height in one word. */
        PIXELS,
        /** Width and height as two numbers. */
        WIDTH_HEIGHT,
        /** Proportions and a resolution. */
        ASPECT,
        /** The upstream has no choice of sizes. */
        NONE
    }

    /** What happens to {@code n}. */
    public enum Count {
        /** The upstream takes it. */
        NATIVE,
        /** The gateway sends a request for each image. */
        FAN_OUT
    }

    /** The form of the images in the response. */
    public enum Result {
        /** Base64, or links for models that return links. */
        BASE64,
        /** Links that expire; the gateway fetches them at once. */
        LINK
    }

    /** How the answer arrives. */
    public enum Flow {
        /** As the response to the request. */
        ANSWER,
        /** The request is accepted, its state is polled, and the result is fetched. */
        POLL
    }

    /** Where the cost comes from. */
    public enum Cost {
        /** The price list, by reported tokens or by delivered image. */
        LIST,
        /** The upstream states it; the price list holds for the hold. */
        REPORTED
    }
}
