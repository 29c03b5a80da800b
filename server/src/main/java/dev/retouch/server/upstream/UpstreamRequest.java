package dev.retouch.server.upstream;

import java.util.Map;
import java.util.Optional;

import dev.retouch.server.exchange.EditTrace;
import dev.retouch.server.model.AspectRule;
import dev.retouch.server.model.SizeRule;

/** An edit as it is sent to an upstream of any kind. Its images can be read any number of times. */
public sealed interface UpstreamRequest permits LoadedImageRequest, RemoteImageRequest {

    /** The edit id. */
    String requestId();

    /** The model. */
    ModelName model();

    /** What to change. */
    String prompt();

    /** The other parameters of the edit plan, by wire name. */
    Map<String, String> parameters();

    /** The trace of the edit, whose headers every upstream gets. */
    EditTrace trace();

    /** The number of input images, without mask and markup image. */
    int imageCount();

    /** Whether there is a mask. */
    boolean hasMask();

    /** Whether there is a markup image. */
    boolean hasMarkup();

    /**
     * The same edit with other parameters.
     *
     * @param withoutMask whether the mask is left out
     */
    UpstreamRequest with(Map<String, String> others, boolean withoutMask);

    /** The shape of the model that is nearest to the requested size; empty without a size, or if the model takes none. */
    default Optional<AspectRule.Shape> shape() {
        return Optional.ofNullable(parameters().get("size")).flatMap(SizeRule::parse)
                .flatMap(size -> model().aspect().map(rule -> rule.nearest(size)));
    }

    /** The number of requested images. */
    default int count() {
        return Integer.parseInt(parameters().getOrDefault("n", "1"));
    }
}
