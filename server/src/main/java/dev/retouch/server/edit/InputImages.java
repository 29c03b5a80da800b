package dev.retouch.server.edit;

import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.model.ModelEntry;

/** Gets every image of a request at hand and looks at it, or leaves all of them to the upstream. */
public final class InputImages {

    private final NamedImages named;
    private final Preflight preflight;

    /** Gets images with one step and looks at them with the other. */
    public InputImages(NamedImages named, Preflight preflight) {
        this.named = named;
        this.preflight = preflight;
    }

    /** The images of a request. */
    EditInputs of(EditRequest request, ModelEntry model, Exchange exchange) {
        preflight.count(request, model);
        if (named.leftToUpstream(request)) {
            return new EditInputs.Linked(NamedImages.urls(request.images()), request.mask().map(Upload::url));
        }
        return preflight.check(named.fetch(request, model, exchange), model);
    }
}
