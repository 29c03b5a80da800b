package dev.retouch.server.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes log lines to the error output in batches, on a separate thread, so that no edit waits for it. Lines wait for a few milliseconds,
 * and in at most {@value #MAX_BYTES} bytes. If the output is slower than that, further lines are discarded, those below WARN first, and a
 * line says how many. At the end of the process every line is written; from then on each line is written at once. Named in
 * {@code logback.xml}.
 */
public final class BatchingAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** The most bytes of lines that wait. */
    static final int MAX_BYTES = 4 << 20;
    /** The bytes that only lines of level WARN and above may use. */
    private static final int RESERVE = 1 << 20;
    /** A batch that needs not wait for more lines. */
    private static final int FULL_BATCH = 64 << 10;
    private static final long WAIT_MILLIS = 10;
    /** How long the end of the process waits for a reader of the output that does not read. */
    private static final long MAX_STOP_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(BatchingAppender.class);

    private final OutputStream out;
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Encoder<ILoggingEvent> encoder;
    private ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private long discarded;
    private boolean ending;

    /** Writes to the error output. */
    public BatchingAppender() {
        this(ConsoleTarget.SystemErr.getStream());
    }

    BatchingAppender(OutputStream out) {
        this.out = out;
    }

    /** Sets what makes bytes of a line; called for {@code logback.xml}. */
    public void setEncoder(Encoder<ILoggingEvent> encoder) {
        this.encoder = encoder;
    }

    /** What makes bytes of a line. */
    @Nullable
    Encoder<ILoggingEvent> encoder() {
        return encoder;
    }

    @Override
    public void start() {
        super.start();
        Thread.ofPlatform().daemon().name("log-writer").start(this::run);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "log-end"));
    }

    @Override
    public void stop() {
        end();
        super.stop();
    }

    @Override
    protected void append(ILoggingEvent event) {
        Encoder<ILoggingEvent> lines = encoder;
        if (lines == null) {
            return;
        }
        byte[] line = lines.encode(event);
        boolean writeNow;
        lock.lock();
        try {
            int max = event.getLevel().isGreaterOrEqual(Level.WARN) ? MAX_BYTES : MAX_BYTES - RESERVE;
            if (!ending && waiting.size() + line.length > max) {
                discarded++;
                return;
            }
            int before = waiting.size();
            waiting.writeBytes(line);
            writeNow = ending;
            if (before == 0 || (before < FULL_BATCH && waiting.size() >= FULL_BATCH)) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        if (writeNow) {
            writeWaiting();
        }
    }

    private void run() {
        try {
            while (awaitBatch()) {
                writeWaiting();
                reportDiscarded();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a line, and for those that follow within a few milliseconds. Returns false at the end of the process. */
    private boolean awaitBatch() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.size() == 0 && !ending) {
                changed.await();
            }
            long left = TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
            while (waiting.size() < FULL_BATCH && !ending && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !ending;
        } finally {
            lock.unlock();
        }
    }

    /** Writes the lines that wait. They are taken and written under one lock, which keeps their order. */
    private void writeWaiting() {
        if (!acquireOutput()) {
            return;
        }
        try {
            ByteArrayOutputStream batch = take();
            if (batch.size() > 0) {
                batch.writeTo(out);
                out.flush();
            }
        } catch (IOException e) {
            addError("log lines could not be written", e);
        } finally {
            writing.unlock();
        }
    }

    private boolean acquireOutput() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return writing.tryLock(MAX_STOP_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ByteArrayOutputStream take() {
        lock.lock();
        try {
            ByteArrayOutputStream batch = waiting;
            waiting = new ByteArrayOutputStream(Math.min(FULL_BATCH, batch.size()));
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void reportDiscarded() {
        long count;
        lock.lock();
        try {
            count = discarded;
            discarded = 0;
        } finally {
            lock.unlock();
        }
        if (count > 0) {
            LOG.warn("log lines discarded because the output is slow count={}", count);
        }
    }

    /** Writes all lines, and has later lines written at once. */
    private void end() {
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        writeWaiting();
    }
}
