package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.fetch.ImageFetcher;
import dev.retouch.server.fetch.ImageFetcher.Wanted;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.model.ModelEntry;

/** Fetches the remote images and the remote mask of a request. */
public final class RemoteImageLoader {

    private final ImageFetcher fetcher;
    private final ImageUrlPolicy policy;

    /** Uses this fetcher, unless the policy leaves images to the upstream. */
    public RemoteImageLoader(ImageFetcher fetcher, ImageUrlPolicy policy) {
        this.fetcher = fetcher;
        this.policy = policy;
    }

    /** Whether the upstream fetches the images of this request, which requires all of them to be remote. */
    boolean leftToUpstream(EditRequest request) {
        return policy == ImageUrlPolicy.FORWARD && Stream.concat(request.images().stream(), request.guides().stream())
                .allMatch(image -> image.url() != null);
    }

    /** The URLs of remote images. */
    static List<String> urls(Collection<Upload> images) {
        return images.stream().map(Upload::url).filter(Objects::nonNull).toList();
    }

    /**
     * Fetches all remote images concurrently and returns the request with them. The exchange closes them.
     *
     * @param key root key id of the principal
     */
    EditRequest fetch(EditRequest request, ModelEntry model, Exchange exchange, String key) {
        List<Wanted> wanted = new ArrayList<>();
        request.images().forEach(image -> want(image, model.images().bytes() - 1, wanted));
        request.mask().ifPresent(mask -> want(mask, model.maskBytes() - 1, wanted));
        Long markupBytes = model.markupBytes();
        request.markup()
                .ifPresent(markup -> want(markup, (markupBytes == null ? model.maskBytes() : markupBytes) - 1, wanted));
        if (wanted.isEmpty()) {
            return request;
        }
        Iterator<ImageBytes> fetched = fetcher.fetchAll(key, wanted).stream().map(exchange::closeLater).toList()
                .iterator();
        List<Upload> images = request.images().stream().map(image -> atHand(image, fetched)).toList();
        Optional<Upload> mask = request.mask().map(named -> atHand(named, fetched));
        Optional<Upload> markup = request.markup().map(named -> atHand(named, fetched));
        return request.with(images, mask, markup);
    }

    private static void want(Upload image, long maxBytes, List<Wanted> wanted) {
        String url = image.url();
        if (url != null) {
            wanted.add(new Wanted(image.param(), url, maxBytes));
        }
    }

    private static Upload atHand(Upload image, Iterator<ImageBytes> fetched) {
        return image.url() == null ? image : new Upload(image.param(), fetched.next());
    }
}
