package dev.retouch.server.hosting;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.retouch.server.storage.ExpiringNames;
import dev.retouch.server.storage.ObjectStore;

/**
 * Makes the links to hosted images, and signs those in stored texts anew. A link leads to the gateway, or to the store itself if the
 * store makes such links.
 */
public final class HostedLinks {

    private static final String NAME = "img_" + ExpiringNames.FORM + "\\.[a-z]{3,4}";
    /** A link of the gateway from its path on, or a link of the store from its scheme on. */
    private static final Pattern LINK = Pattern.compile(
            "/files/(" + NAME + ")\\?expires=(\\d{10})&signature=([A-Za-z0-9_-]{43})"
                    + "|https?://[^\\s\"\\\\?]{1,500}/(" + NAME + ")\\?X-Amz-[^\\s\"\\\\]{1,4000}");

    private static final int MAX_GATEWAY_LINK = 256;
    private static final int MAX_STORE_LINK = 5000;

    private final ObjectStore store;
    private final UnaryOperator<String> objectNames;
    private final UrlSigner signer;
    private final Duration lifetime;

    /**
     * Makes links.
     *
     * @param objectNames returns the name in the store of a file name
     * @param lifetime how long a link works
     */
    HostedLinks(ObjectStore store, UnaryOperator<String> objectNames, UrlSigner signer, Duration lifetime) {
        this.store = store;
        this.objectNames = objectNames;
        this.signer = signer;
        this.lifetime = lifetime;
    }

    /** The link of a stored image, below a base URL unless it leads to the store itself. */
    URI newLink(URI base, String name) throws IOException {
        Optional<URI> direct = store.link(objectNames.apply(name), lifetime);
        return direct.orElseGet(() -> signer.link(base, name));
    }

    /**
     * The same text with its links to hosted images signed anew, so that they work from now on as long as new links do. Links that were
     * not made by this gateway stay as they are.
     */
    public String renewed(String text) {
        return LINK.matcher(text).replaceAll(link -> Matcher.quoteReplacement(renewed(link)));
    }

    private String renewed(MatchResult link) {
        if (link.group(1) != null) {
            return signer.isOwn(link.group(1), link.group(2), link.group(3))
                    ? "/files/" + link.group(1) + "?" + signer.query(link.group(1))
                    : link.group();
        }
        try {
            return store.link(objectNames.apply(link.group(4)), lifetime).map(URI::toString)
                    .filter(url -> withoutQuery(url).equals(withoutQuery(link.group()))).orElse(link.group());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutQuery(String url) {
        return url.substring(0, url.indexOf('?'));
    }

    /** Reads a stored text whose links work from now on; see {@link #renewed}. */
    public InputStream renewing(InputStream text) {
        return new RenewingInputStream(text, this::renewed, maxLength());
    }

    /** Whether a renewed text is as long as it was. Links of the store contain credentials, whose length can change. */
    public boolean keepsLength() {
        return maxLength() == MAX_GATEWAY_LINK;
    }

    private int maxLength() {
        return store.makesLinks() ? MAX_STORE_LINK : MAX_GATEWAY_LINK;
    }
}
