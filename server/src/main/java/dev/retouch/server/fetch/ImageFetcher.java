package dev.retouch.server.fetch;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import dev.retouch.server.admission.KeyShares;
import dev.retouch.server.admission.KeyShares.Permit;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/** Fetches remote images into the spool, those of one request concurrently. Closing it ends all transfers. */
public final class ImageFetcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ImageFetcher.class);

    /** Share of links that upstreams returned; no key id has this form. */
    private static final String UPSTREAMS = "upstreams";

    private final FetchSettings policy;
    private final HostPolicy hosts;
    private final PinnedClient client;
    private final Download download;
    private final Semaphore slots;
    private final KeyShares shares;

    /**
     * An image to fetch.
     *
     * @param param the parameter for error messages, such as {@code images[0]}
     * @param url the URL as sent by the client
     * @param maxBytes the maximum size in bytes
     */
    public record Wanted(String param, String url, long maxBytes) {}

    /**
     * Creates a fetcher that uses the resolver of the operating system and the JDK's trusted certificates.
     *
     * @param percentPerKey part of the downloads and DNS lookups that one API key may use at once
     */
    public ImageFetcher(FetchSettings policy, Spool spool, int percentPerKey) {
        this(policy, spool, percentPerKey, DnsResolver.system(), new SslContextFactory.Client(),
                UnaryOperator.identity());
    }

    ImageFetcher(FetchSettings policy, Spool spool, int percentPerKey, DnsResolver resolver,
            SslContextFactory.Client tls,
            UnaryOperator<InetSocketAddress> route) {
        this.policy = policy;
        this.hosts = new HostPolicy(policy, resolver, percentPerKey);
        this.client = new PinnedClient(policy, tls, route);
        this.download = new Download(policy, hosts, client, spool);
        this.slots = new Semaphore(policy.maxConcurrent(), true);
        this.shares = new KeyShares(policy.maxConcurrent(), percentPerKey);
    }

    /** Fetches images that an upstream returned, see {@link #fetchAll(String, List)}. */
    public List<ImageBytes> fetchAll(List<Wanted> wanted) {
        return fetchAll(UPSTREAMS, wanted);
    }

    /**
     * Fetches all images or none: the first failure cancels the other transfers and releases their images. Returns the
     * images in the order of the URLs when no transfer is left; the caller closes them.
     *
     * @param key root key id of the principal, which uses a part of the downloads only
     */
    public List<ImageBytes> fetchAll(String key, List<Wanted> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        Semaphore lanes = new Semaphore(policy.maxConcurrentPerRequest());
        List<Future<ImageBytes>> images = new ArrayList<>();
        boolean complete = false;
        try {
            // leaving this block waits for every thread started in it
            try (ExecutorService threads = Executors
                    .newThreadPerTaskExecutor(Thread.ofVirtual().name("image-fetch-", 0).factory())) {
                try {
                    List<ParsedWanted> parsed = parse(wanted);
                    CompletionService<ImageBytes> finished = new ExecutorCompletionService<>(threads);
                    Map<String, String> log = Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
                    for (ParsedWanted each : parsed) {
                        images.add(finished.submit(() -> {
                            MDC.setContextMap(log); // the request id for log lines
                            return inLane(lanes, each, key);
                        }));
                    }
                    for (int i = 0; i < images.size(); i++) {
                        finished.take().get();
                    }
                    complete = true;
                } finally {
                    if (!complete) {
                        threads.shutdownNow();
                    }
                }
            }
            return images.stream().map(Future::resultNow).toList();
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("while images were fetched"));
        } finally {
            if (!complete) {
                giveBack(images);
            }
        }
    }

    private record ParsedWanted(Wanted wanted, ImageUrl url) {}

    /** Parses every URL before the first fetch, so that an error in the last URL costs no transfer. */
    private List<ParsedWanted> parse(List<Wanted> wanted) {
        if (!policy.enabled()) {
            throw FetchException.badUrl("this gateway does not fetch images; send the image itself as a data: URL")
                    .about(wanted.getFirst().param());
        }
        List<ParsedWanted> parsed = new ArrayList<>();
        for (Wanted each : wanted) {
            try {
                parsed.add(new ParsedWanted(each, ImageUrl.parse(each.url())));
            } catch (FetchException e) {
                throw e.about(each.param());
            }
        }
        return parsed;
    }

    private ImageBytes inLane(Semaphore lanes, ParsedWanted image, String key) throws InterruptedException {
        lanes.acquire();
        try {
            return inShare(image, key);
        } catch (FetchException e) {
            // the host only: paths and queries may contain secrets
            LOG.info("image fetch failed host={} code={} reason=\"{}\"", image.url().host(), e.message().name(),
                    e.reason());
            throw e.about(image.wanted().param());
        } finally {
            lanes.release();
        }
    }

    private ImageBytes inShare(ParsedWanted image, String key) throws FetchException, InterruptedException {
        Permit permit = shares.acquire(key, policy.timeout());
        if (permit == null) {
            throw FetchException.failed("this gateway is fetching too many images for this key just now; try again");
        }
        try {
            return inSlot(image, key);
        } finally {
            permit.release();
        }
    }

    private ImageBytes inSlot(ParsedWanted image, String key) throws FetchException, InterruptedException {
        if (!slots.tryAcquire(policy.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw FetchException.failed("this gateway is fetching too many images just now; try again");
        }
        try {
            return download.fetch(image.url(), image.wanted().maxBytes(), key);
        } finally {
            slots.release();
        }
    }

    private static void giveBack(List<Future<ImageBytes>> images) {
        for (Future<ImageBytes> image : images) {
            if (image.state() == Future.State.SUCCESS) {
                image.resultNow().close();
            }
        }
    }

    private static RuntimeException unwrapped(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException failure -> failure;
            case InterruptedException interrupted -> new UncheckedIOException(
                    (InterruptedIOException) new InterruptedIOException("while an image was fetched")
                            .initCause(interrupted));
            case Error error -> throw error;
            case null, default -> new IllegalStateException("an image was not fetched", e);
        };
    }

    @Override
    public void close() {
        client.close();
        hosts.close();
    }
}
