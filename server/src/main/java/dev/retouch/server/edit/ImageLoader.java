package dev.retouch.server.edit;

import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.edit.RequestNormaliser.Normalised;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.model.ModelEntry;

/** Loads and validates the images of a request, or leaves all of them to the upstream. */
public final class ImageLoader {

    private final RemoteImageLoader named;
    private final RequestNormaliser normaliser;
    private final ImageValidator preflight;

    /** Creates a loader of these steps. */
    public ImageLoader(RemoteImageLoader named, RequestNormaliser normaliser, ImageValidator preflight) {
        this.named = named;
        this.normaliser = normaliser;
        this.preflight = preflight;
    }

    /**
     * Loads the images of a request.
     *
     * @param mayForward whether the upstream may fetch remote images, if the settings leave them to it
     */
    EditInputs of(EditRequest request, ModelEntry model, Exchange exchange, ApiPrincipal principal,
            boolean mayForward) {
        preflight.count(request, model);
        if (mayForward && named.leftToUpstream(request)) {
            return new EditInputs.Linked(RemoteImageLoader.urls(request.images()), request.mask().map(Upload::url),
                    request.markup().map(Upload::url));
        }
        String key = principal.key().rootKeyId();
        Normalised sent = normaliser.normalise(named.fetch(request, model, exchange, key), model, principal.group(),
                exchange, key);
        return preflight.check(sent.request(), model, key).withChanges(sent.changes());
    }
}
