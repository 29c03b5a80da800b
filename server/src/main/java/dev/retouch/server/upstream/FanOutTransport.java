package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.AnswerEnd;
import dev.retouch.server.answer.AnswerFormat;
import dev.retouch.server.answer.AnswerPart;
import dev.retouch.server.answer.AnswerReader;
import dev.retouch.server.answer.AnswerSource;
import dev.retouch.server.answer.FinalImage;
import dev.retouch.server.answer.HeldImages;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/**
 * Sends an edit for several images to an upstream that returns one image for each request: as so many requests at once. Each response is
 * kept until all have ended. If some failed, the edit has the images of the others; if all failed, the attempt fails, and may be
 * repeated only if none of them may have run.
 */
public final class FanOutTransport implements UpstreamTransport {

    private static final Logger LOG = LoggerFactory.getLogger(FanOutTransport.class);
    private static final String COUNT = "n";

    private final UpstreamTransport single;
    private final Spool spool;
    private final long maxBytes;

    /**
     * Sends through this upstream.
     *
     * @param single sends an edit for one image
     * @param spool keeps the responses
     * @param maxBytes the most bytes that one response can have
     */
    public FanOutTransport(UpstreamTransport single, Spool spool, long maxBytes) {
        this.single = single;
        this.spool = spool;
        this.maxBytes = maxBytes;
    }

    /** A response that has been read. */
    private record Kept(UpstreamResponse response, ImageBytes bytes) {}

    @Override
    public KindTraits traits(ModelName model) {
        return single.traits(model);
    }

    @Override
    public UpstreamCheck check() throws AttemptFailedException {
        return single.check();
    }

    @Override
    public UpstreamResponse send(UpstreamRequest edit) throws AttemptFailedException {
        if (single.traits(edit.model()).count() != KindTraits.Count.FAN_OUT) {
            return single.send(edit);
        }
        Map<String, String> parameters = new LinkedHashMap<>(edit.parameters());
        parameters.remove(COUNT);
        UpstreamRequest one = edit.with(parameters, false);
        if (edit.count() == 1) {
            return single.send(one);
        }
        List<Future<Kept>> sent = new ArrayList<>();
        boolean interrupted = false;
        try (ExecutorService threads = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name("upstream-image-", 0).factory())) {
            for (int i = 0; i < edit.count(); i++) {
                sent.add(threads.submit(() -> kept(one)));
            }
            try {
                for (Future<Kept> each : sent) {
                    await(each);
                }
            } catch (InterruptedException e) {
                interrupted = true;
                threads.shutdownNow();
            }
        }
        if (interrupted) {
            sent.forEach(FanOutTransport::discard);
            Thread.currentThread().interrupt();
            throw new UpstreamInterruptedException(new InterruptedException("while several requests ran"));
        }
        return joined(sent, edit.requestId());
    }

    private static void await(Future<Kept> each) throws InterruptedException {
        try {
            each.get();
        } catch (ExecutionException e) {
            LOG.debug("one of several requests failed", e);
        }
    }

    private Kept kept(UpstreamRequest one) throws AttemptFailedException {
        try (UpstreamResponse response = single.send(one); Spool.Writer writer = spool.newWriter()) {
            InputStream body = response.body();
            byte[] piece = new byte[32 * 1024];
            for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
                writer.write(piece, 0, count);
                if (writer.size() > maxBytes) {
                    throw new IOException("the response has more than " + maxBytes + " bytes");
                }
            }
            return new Kept(response, writer.finish());
        } catch (IOException e) {
            throw HttpCalls.brokenOff(e);
        }
    }

    private static void discard(Future<Kept> each) {
        // the executor has ended: the state is final
        if (each.state() == Future.State.SUCCESS) {
            each.resultNow().bytes().close();
        }
    }

    private UpstreamResponse joined(List<Future<Kept>> sent, String requestId) throws AttemptFailedException {
        List<Kept> kept = sent.stream().filter(each -> each.state() == Future.State.SUCCESS).map(Future::resultNow)
                .toList();
        List<Throwable> failures = sent.stream().filter(each -> each.state() == Future.State.FAILED)
                .map(Future::exceptionNow).toList();
        // without an image, the edit ends as the worst of its requests: one that may have run leaves its outcome unknown
        if (kept.isEmpty() || (failures.stream().anyMatch(FanOutTransport::mayHaveRun) && !haveImage(kept))) {
            kept.forEach(each -> each.bytes().close());
            throw worst(failures);
        }
        if (!failures.isEmpty()) {
            LOG.info("requests of an edit failed request={} failed={} of={}", requestId, failures.size(), sent.size());
        }
        UpstreamResponse first = kept.getFirst().response();
        UpstreamResponse.Notes notes = failures.isEmpty()
                ? UpstreamResponse.Notes.NONE
                : new UpstreamResponse.Notes(List.of(failures.size() + " of " + sent.size() + " requests failed"),
                        List.of());
        return new UpstreamResponse(false, inSequence(kept), first.refusals(), first.requestId(), new Closing(kept),
                first.notes().and(notes), first.expiringLinks());
    }

    private boolean haveImage(List<Kept> kept) {
        List<AutoCloseable> opened = new ArrayList<>();
        HeldImages held = new HeldImages(spool, opened::add);
        try {
            return kept.stream().anyMatch(each -> hasImage(each, held));
        } finally {
            opened.forEach(FanOutTransport::close);
        }
    }

    private static boolean hasImage(Kept kept, HeldImages held) {
        AnswerReader reader = reader(kept, held);
        try {
            AnswerPart part = reader.next();
            while (!(part instanceof AnswerEnd || part instanceof FinalImage)) {
                part = reader.next();
            }
            return part instanceof FinalImage;
        } catch (IOException e) {
            LOG.debug("one of several responses cannot be read", e);
            return false;
        }
    }

    private static void close(AutoCloseable opened) {
        try {
            opened.close();
        } catch (Exception e) {
            LOG.debug("held image not closed", e);
        }
    }

    /** The failure of an edit without an image: one that may have run goes first, then a refusal, then the others in their order. */
    private static AttemptFailedException worst(List<Throwable> failures) {
        Throwable worst = failures.stream().min(Comparator.comparingInt(FanOutTransport::rank)).orElseThrow();
        return switch (worst) {
            case AttemptFailedException failed -> failed;
            case RuntimeException other -> throw other;
            default -> new AttemptFailedException(
                    new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).withCause(worst).afterDispatch(),
                    RetryScope.NONE, AttemptOutcome.FAILED);
        };
    }

    private static int rank(Throwable failure) {
        if (mayHaveRun(failure)) {
            return 0;
        }
        return failure instanceof UpstreamRefusalException ? 1 : 2;
    }

    /** Whether a request may have run; a failure of an unknown kind may have happened behind it. */
    private static boolean mayHaveRun(Throwable failure) {
        return failure instanceof AttemptFailedException failed
                ? failed.clientError().mayHaveRun()
                : !(failure instanceof UpstreamRefusalException);
    }

    /** Reads the kept responses one after the other. */
    private static AnswerFormat inSequence(List<Kept> kept) {
        return (source, held) -> new AnswerReader() {

            private int position;
            private AnswerReader current = reader(kept.getFirst(), held);

            @Override
            public AnswerPart next() throws IOException {
                AnswerPart part = current.next();
                while (part instanceof AnswerEnd && position < kept.size() - 1) {
                    position++;
                    current = reader(kept.get(position), held);
                    part = current.next();
                }
                return part;
            }
        };
    }

    private static AnswerReader reader(Kept kept, HeldImages held) {
        return kept.response().format().reader(AnswerSource.of(kept.bytes().open()), held);
    }

    /** The body of the joined response: empty, because the responses have been read. Closing it releases them. */
    private static final class Closing extends InputStream {

        private final List<Kept> kept;

        Closing(List<Kept> kept) {
            this.kept = kept;
        }

        @Override
        public int read() {
            return -1;
        }

        @Override
        public void close() {
            kept.forEach(each -> each.bytes().close());
        }
    }
}
