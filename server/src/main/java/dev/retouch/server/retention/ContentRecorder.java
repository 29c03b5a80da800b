package dev.retouch.server.retention;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.normalise.ThumbnailMaker;
import dev.retouch.server.retention.RetainedRepository.Piece;

/**
 * Keeps content of edits while they run: encrypts and writes it on one platform thread. An edit never waits for it. At most
 * {@value #MAX_WAITING} pieces and {@value #MAX_IMAGES} images wait; what is more is not kept, and a line of the log says so. Closing it
 * writes what waits, for at most {@value #CLOSE_SECONDS} seconds.
 */
public final class ContentRecorder implements AutoCloseable {

    static final String RUN = "run";
    static final String PROMPT = "prompt";
    static final String INPUT = "input-";
    static final String RESULT = "result-";

    private static final Logger LOG = LoggerFactory.getLogger(ContentRecorder.class);
    private static final int MAX_WAITING = 256;
    /** Images whose memory or file is kept until their thumbnail is made. */
    private static final int MAX_IMAGES = 16;
    /** Thumbnails of inputs, and of results, of an edit. */
    private static final int MAX_THUMBNAILS = 4;
    private static final int CLOSE_SECONDS = 5;

    private final RetainedRepository repository;
    private final Optional<ContentCipher> cipher;
    private final Clock clock;
    private final ThumbnailMaker thumbnails = new ThumbnailMaker();
    private final Semaphore images = new Semaphore(MAX_IMAGES);
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING), Thread.ofPlatform().daemon().name("retained-content").factory());

    /**
     * Writes to this repository.
     *
     * @param cipher encrypts content; empty if there is no key, so that no content is kept
     * @param clock the clock of the times of edits
     */
    public ContentRecorder(RetainedRepository repository, Optional<ContentCipher> cipher, Clock clock) {
        this.repository = repository;
        this.cipher = cipher;
        this.clock = clock;
        thread.allowCoreThreadTimeOut(true);
    }

    /** Whether a name is that of a thumbnail. */
    static boolean isThumbnail(String name) {
        return name.startsWith(INPUT) || name.startsWith(RESULT);
    }

    /**
     * Begins to keep the content of an edit, if its group keeps content.
     *
     * @param inputs the images that the gateway has; the caller of this method still closes them
     */
    public RetainedEdit begin(String editId, String group, RetentionPolicy policy, String prompt,
            List<ImageBytes> inputs) {
        if (!policy.keepsContent()) {
            return RetainedEdit.NONE;
        }
        if (cipher.isEmpty()) {
            LOG.warn("content of an edit not kept request={} reason=\"there is no key file\"", editId);
            return RetainedEdit.NONE;
        }
        Running edit = new Running(editId, group, clock.instant());
        edit.later(PROMPT, () -> Optional.of(prompt.getBytes(StandardCharsets.UTF_8)), () -> {
            // nothing to release
        });
        for (int i = 0; i < Math.min(MAX_THUMBNAILS, inputs.size()); i++) {
            edit.thumbnail(INPUT + (i + 1), inputs.get(i));
        }
        return edit;
    }

    /**
     * Keeps how an edit ran, at its end.
     *
     * @param json the document of the contract
     */
    public void ended(String editId, String group, Instant began, String json) {
        submit(editId,
                () -> repository.write(
                        new Piece(editId, group, RUN, false, json.getBytes(StandardCharsets.UTF_8), began)),
                () -> {
                    // nothing to release
                });
    }

    /**
     * Work of the thread.
     *
     * @param release what is released after the work, or without it
     */
    private record Job(String editId, Runnable work, Runnable release) implements Runnable {

        @Override
        public void run() {
            try {
                work.run();
            } catch (RuntimeException e) { // the edit goes on without it
                LOG.warn("content of an edit not kept request={} reason={}", editId, e.getClass().getSimpleName());
            } finally {
                release.run();
            }
        }
    }

    private void submit(String editId, Runnable work, Runnable release) {
        try {
            thread.execute(new Job(editId, work, release));
        } catch (RejectedExecutionException e) {
            release.run();
            LOG.warn("content of an edit not kept request={} reason=busy", editId);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                drop();
            }
        } catch (InterruptedException e) {
            drop();
            Thread.currentThread().interrupt();
        }
    }

    /** Gives up what waits, and releases its images. */
    private void drop() {
        List<Runnable> left = thread.shutdownNow();
        left.forEach(job -> ((Job) job).release().run());
        LOG.warn("content of edits not kept pieces={} reason=shutdown", left.size());
    }

    /** An edit whose content is kept. */
    private final class Running implements RetainedEdit {

        private final String editId;
        private final String group;
        private final Instant began;
        private final AtomicInteger results = new AtomicInteger();

        Running(String editId, String group, Instant began) {
            this.editId = editId;
            this.group = group;
            this.began = began;
        }

        @Override
        public boolean keepsContent() {
            return results.get() < MAX_THUMBNAILS;
        }

        @Override
        public void result(ImageBytes image) {
            int number = results.incrementAndGet();
            if (number <= MAX_THUMBNAILS) {
                thumbnail(RESULT + number, image);
            }
        }

        private void thumbnail(String name, ImageBytes image) {
            if (!images.tryAcquire()) {
                LOG.warn("thumbnail of an edit not kept request={} reason=busy", editId);
                return;
            }
            ImageBytes shared;
            try {
                shared = image.share();
            } catch (IOException e) {
                images.release();
                return; // the edit has ended
            }
            later(name, () -> made(shared), () -> {
                shared.close();
                images.release();
            });
        }

        private Optional<byte[]> made(ImageBytes image) {
            try {
                return Optional.of(thumbnails.jpeg(image));
            } catch (IOException e) {
                LOG.info("thumbnail of an edit not kept request={} reason=\"the image cannot be decoded\"", editId);
                return Optional.empty();
            }
        }

        private void later(String name, Supplier<Optional<byte[]>> content, Runnable release) {
            submit(editId,
                    () -> content.get().ifPresent(plain -> repository.write(new Piece(editId, group, name, true,
                            cipher.orElseThrow().seal(editId, name, plain), began))),
                    release);
        }
    }
}
