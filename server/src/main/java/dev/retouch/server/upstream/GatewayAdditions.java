package dev.retouch.server.upstream;

import java.util.List;

import dev.retouch.server.upstream.KindTraits.Count;
import dev.retouch.server.upstream.KindTraits.Mask;
import dev.retouch.server.upstream.KindTraits.Size;

/**
 * What the gateway adds to the upstreams that serve a model.
 *
 * @param mask whether masks are enforced by the gateway alone, because no upstream takes them
 * @param count whether several images are several requests at an upstream
 * @param size whether an upstream gets the nearest proportions instead of a size
 */
public record GatewayAdditions(boolean mask, boolean count, boolean size) {

    /** What is added to upstreams with these traits. */
    static GatewayAdditions of(List<KindTraits> upstreams) {
        return new GatewayAdditions(
                !upstreams.isEmpty() && upstreams.stream().allMatch(traits -> traits.mask() == Mask.NONE),
                upstreams.stream().anyMatch(traits -> traits.count() == Count.FAN_OUT),
                upstreams.stream().anyMatch(traits -> traits.size() == Size.ASPECT));
    }

    /** Whether anything is added. */
    public boolean isAny() {
        return mask || count || size;
    }
}
