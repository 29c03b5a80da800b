package dev.retouch.server.edit;

import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.LinkResolver;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.fetch.ImageFetcher;
import dev.retouch.server.fetch.ImageFetcher.Wanted;
import dev.retouch.server.image.ImageBytes;

/** Fetches images that an upstream returned as links, behind the same guard as images that a client names by URL. */
public final class ReturnedLinkFetcher implements LinkResolver.Fetcher {

    private static final Logger LOG = LoggerFactory.getLogger(ReturnedLinkFetcher.class);

    private final ImageFetcher fetcher;
    private final long maxBytes;

    /**
     * Fetches with this fetcher.
     *
     * @param maxBytes the largest image that is fetched
     */
    public ReturnedLinkFetcher(ImageFetcher fetcher, long maxBytes) {
        this.fetcher = fetcher;
        this.maxBytes = maxBytes;
    }

    @Override
    public Optional<ImageBytes> fetch(String url) {
        try {
            return Optional.of(fetcher.fetchAll(List.of(new Wanted("data[].url", url, maxBytes))).getFirst());
        } catch (ApiException e) {
            LOG.info("returned link not fetched reason={}", e.message().name());
            return Optional.empty();
        }
    }
}
