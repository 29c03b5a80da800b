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

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/** Fetches the images that callers name by URL, those of one request side by side. */
public final class ImageFetcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ImageFetcher.class);

    private final FetchPolicy policy;
    private final HostCheck hosts;
    private final PinnedClient client;
    private final Download download;
    private final Semaphore slots;

    /**
     * An image to fetch.
     *
     * @param param how to name it to the caller, such as {@code images[0]}
     * @param url where it is, as the caller gave it
     * @param mostBytes how large it may be
     */
    public record Wanted(String param, String url, long mostBytes) {}

    /** A fetcher that looks names up with the operating system and trusts whom the JDK trusts. */
    public ImageFetcher(FetchPolicy policy, Spool spool) {
        this(policy, spool, Resolver.system(), new SslContextFactory.Client(), UnaryOperator.identity());
    }

    ImageFetcher(FetchPolicy policy, Spool spool, Resolver resolver, SslContextFactory.Client tls,
            UnaryOperator<InetSocketAddress> route) {
        this.policy = policy;
        this.hosts = new HostCheck(policy, resolver);
        this.client = new PinnedClient(policy, tls, route);
        this.download = new Download(policy, hosts, client, spool);
        this.slots = new Semaphore(policy.atOnce(), true);
    }

    /**
     * Fetches all of them or none: the first failure stops the others and gives back what has come. Returns when no
     * transfer is left, with the images in the order of the URLs; the caller closes them.
     */
    public List<ImageBytes> fetchAll(List<Wanted> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        Semaphore lanes = new Semaphore(policy.atOncePerRequest());
        List<Future<ImageBytes>> images = new ArrayList<>();
        boolean complete = false;
        try {
            // leaving this block waits for every thread that was begun in it
            try (ExecutorService threads = Executors
                    .newThreadPerTaskExecutor(Thread.ofVirtual().name("image-fetch-", 0).factory())) {
                try {
                    List<ParsedWanted> parsed = parse(wanted);
                    CompletionService<ImageBytes> finished = new ExecutorCompletionService<>(threads);
                    Map<String, String> log = Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
                    for (ParsedWanted each : parsed) {
                        images.add(finished.submit(() -> {
                            MDC.setContextMap(log); // whose request it is
                            return inLane(lanes, each);
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

    /** Reads every URL before the first is fetched, so that a mistake in the last costs nothing. */
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

    private ImageBytes inLane(Semaphore lanes, ParsedWanted image) throws InterruptedException {
        lanes.acquire();
        try {
            return inSlot(image);
        } catch (FetchException e) {
            // the host only: paths and queries hold secrets
            LOG.info("image not fetched host={} code={} reason={}", image.url().host(), e.message().name(),
                    e.reason());
            throw e.about(image.wanted().param());
        } finally {
            lanes.release();
        }
    }

    private ImageBytes inSlot(ParsedWanted image) throws FetchException, InterruptedException {
        if (!slots.tryAcquire(policy.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw FetchException.failed("this gateway is fetching too many images just now; try again");
        }
        try {
            return download.fetch(image.url(), image.wanted().mostBytes());
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
