package dev.retouch.server.upstream;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.exchange.EditTrace;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

/** Edits without a markup image and without a trace. */
final class Edits {

    private Edits() {}

    /** A model in OpenAI's form. */
    static ModelName model(String id, String usual) {
        return new ModelName(id, usual, Map.of(), Optional.empty());
    }

    static LoadedImageRequest loaded(String id, ModelName model, String prompt, Map<String, String> parameters,
            List<ImagePart> images, Optional<ImagePart> mask, boolean json) {
        return new LoadedImageRequest(id, model, prompt, parameters, images, mask, Optional.empty(), json,
                EditTrace.NONE);
    }

    static RemoteImageRequest remote(String id, ModelName model, String prompt, Map<String, String> parameters,
            List<String> images, Optional<String> mask) {
        return new RemoteImageRequest(id, model, prompt, parameters, images, mask, Optional.empty(), EditTrace.NONE);
    }

    /** The upstreams that run an edit which asks for nothing unusual, as one. */
    static Upstream anyOf(UpstreamRegistry upstreams, String... names) {
        return upstreams.forEdit(List.of(names), Bench.edit(), new UpstreamRegistry.Demand(UnsupportedPolicy.REFUSE,
                false, UpstreamRegistry.MaskUse.ANY), new RecordingObserver());
    }
}
