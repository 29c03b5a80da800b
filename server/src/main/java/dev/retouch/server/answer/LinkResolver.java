package dev.retouch.server.answer;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

import dev.retouch.server.image.ImageBytes;

/**
 * Fetches images that an upstream has left behind links, for clients that asked for base64. An image that cannot be fetched stays a
 * link, and the client is warned.
 */
public final class LinkResolver implements AnswerReader {

    static final String WARNING = "the upstream returned a link that could not be fetched, so it is passed on instead of base64";

    /** In place of an image whose link is of no use. */
    private static final Refusal LOST = new Refusal("The image could not be fetched from the upstream.", null, null,
            "upstream_error", 502);

    private final AnswerReader reader;
    private final Fetcher fetcher;
    private final Consumer<AutoCloseable> owner;
    private final int maxImages;
    private final boolean expiring;
    private int images;
    private boolean leavingOut;
    private boolean failed;

    /** Fetches the image behind a URL of an upstream. */
    @FunctionalInterface
    public interface Fetcher {

        /** The image, which the caller closes; nothing where it cannot be fetched. */
        Optional<ImageBytes> fetch(String url);
    }

    /**
     * Resolves the links of this reader.
     *
     * @param owner closes what was fetched when the exchange is over
     * @param maxImages the number of images whose links are resolved; further images stay links
     */
    public LinkResolver(AnswerReader reader, Fetcher fetcher, Consumer<AutoCloseable> owner, int maxImages) {
        this(reader, fetcher, owner, maxImages, false);
    }

    /**
     * Resolves the links of this reader.
     *
     * @param owner closes what was fetched when the exchange is over
     * @param maxImages the number of images whose links are resolved; further images stay links
     * @param expiring whether the links expire; an image that cannot be fetched is then left out, because its link is of no use
     */
    LinkResolver(AnswerReader reader, Fetcher fetcher, Consumer<AutoCloseable> owner, int maxImages,
            boolean expiring) {
        this.expiring = expiring;
        this.reader = reader;
        this.fetcher = fetcher;
        this.owner = owner;
        this.maxImages = maxImages;
    }

    /** Whether a link was passed on because it could not be fetched. */
    public boolean hasFailed() {
        return failed;
    }

    @Override
    public AnswerPart next() throws IOException {
        AnswerPart part = reader.next();
        if (part instanceof ImageEnd && leavingOut) {
            leavingOut = false;
            return next();
        }
        if (!(part instanceof FinalImage image)) {
            return part;
        }
        images++;
        if (!(image.payload() instanceof UrlPayload link) || images > maxImages) {
            return part;
        }
        Optional<ImageBytes> fetched = fetcher.fetch(link.url());
        if (fetched.isEmpty() && expiring) {
            leavingOut = true;
            return LOST;
        }
        failed |= fetched.isEmpty();
        fetched.ifPresent(owner);
        return fetched.<AnswerPart>map(bytes -> new FinalImage(new BinaryPayload(bytes), image.members())).orElse(part);
    }
}
