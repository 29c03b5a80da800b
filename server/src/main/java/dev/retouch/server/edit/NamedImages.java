package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.fetch.ImageFetcher;
import dev.retouch.server.fetch.ImageFetcher.Wanted;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.policy.ImageUrls;

/** Gets the images, and the mask, that a request names by URL instead of sending them. */
public final class NamedImages {

    private final ImageFetcher fetcher;
    private final ImageUrls policy;

    /** Gets them with this fetcher, unless the upstream is to fetch them by itself. */
    public NamedImages(ImageFetcher fetcher, ImageUrls policy) {
        this.fetcher = fetcher;
        this.policy = policy;
    }

    /** Whether the upstream fetches the images of this request: it can where every one of them is behind a URL. */
    boolean leftToUpstream(EditRequest request) {
        return policy == ImageUrls.FORWARD && Stream.concat(request.images().stream(), request.mask().stream())
                .allMatch(image -> image.url() != null);
    }

    /** Where the images are that the upstream fetches. */
    static List<String> urls(Collection<Upload> images) {
        return images.stream().map(Upload::url).filter(Objects::nonNull).toList();
    }

    /** The request with every image at hand; all are fetched side by side, and the exchange closes them. */
    EditRequest fetch(EditRequest request, ModelEntry model, Exchange exchange) {
        List<Wanted> wanted = new ArrayList<>();
        request.images().forEach(image -> want(image, model.images().bytes() - 1, wanted));
        request.mask().ifPresent(mask -> want(mask, model.maskBytes() - 1, wanted));
        if (wanted.isEmpty()) {
            return request;
        }
        Iterator<ImageBytes> fetched = fetcher.fetchAll(wanted).stream().map(exchange::closeLater).toList().iterator();
        List<Upload> images = request.images().stream().map(image -> atHand(image, fetched)).toList();
        Optional<Upload> mask = request.mask().map(named -> atHand(named, fetched));
        return request.with(images, mask);
    }

    private static void want(Upload image, long mostBytes, List<Wanted> wanted) {
        String url = image.url();
        if (url != null) {
            wanted.add(new Wanted(image.param(), url, mostBytes));
        }
    }

    private static Upload atHand(Upload image, Iterator<ImageBytes> fetched) {
        return image.url() == null ? image : new Upload(image.param(), fetched.next());
    }
}
