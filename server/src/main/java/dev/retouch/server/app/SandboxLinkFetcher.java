package dev.retouch.server.app;

import java.net.URI;
import java.util.Optional;

import dev.retouch.server.answer.LinkResolver;
import dev.retouch.server.fetch.AddressRanges;
import dev.retouch.server.fetch.FetchSettings;
import dev.retouch.server.fetch.HostPatterns;
import dev.retouch.server.fetch.PortSet;
import dev.retouch.server.image.ImageBytes;

/**
 * Fetches results of the sandbox, which are behind links for some kinds, from the port of the mock upstream. Links to anywhere else are
 * fetched as usual, so no client reaches another port of this machine.
 */
final class SandboxLinkFetcher implements LinkResolver.Fetcher {

    /** Below this path the mock upstream hosts results, under random names. */
    private static final String RESULTS = "/mock/files/";

    private final String prefix;
    private final LinkResolver.Fetcher sandbox;
    private final LinkResolver.Fetcher others;

    /**
     * Fetches links below an origin with another fetcher than all others.
     *
     * @param origin the origin of the mock upstream
     * @param sandbox fetches with {@link #settings}
     */
    SandboxLinkFetcher(URI origin, LinkResolver.Fetcher sandbox, LinkResolver.Fetcher others) {
        this.prefix = origin + RESULTS;
        this.sandbox = sandbox;
        this.others = others;
    }

    /** The settings of a fetcher that reaches the mock upstream and nothing else. */
    static FetchSettings settings(URI origin, FetchSettings usual) {
        HostPatterns host = HostPatterns.parse(origin.getHost());
        return new FetchSettings(true, host, HostPatterns.parse(""), host, AddressRanges.parse(""),
                PortSet.parse(String.valueOf(origin.getPort())), 0, usual.connectTimeout(), usual.timeout(),
                usual.maxConcurrentPerRequest(), usual.maxConcurrent());
    }

    @Override
    public Optional<ImageBytes> fetch(String url) {
        return (url.startsWith(prefix) ? sandbox : others).fetch(url);
    }
}
