package dev.retouch.server.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import dev.retouch.server.fixture.Eventually;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class BatchingAppenderTest {

    private final LoggerContext context = new LoggerContext();
    private final Output output = new Output();
    private final BatchingAppender appender = new BatchingAppender(output);

    /** An output that counts writes, and can be made to wait. */
    private static final class Output extends OutputStream {

        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final AtomicInteger writes = new AtomicInteger();
        private volatile CountDownLatch mayWrite = new CountDownLatch(0);

        @Override
        public void write(int value) throws IOException {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            writes.incrementAndGet();
            try {
                mayWrite.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            synchronized (written) {
                written.write(source, offset, length);
            }
        }

        List<String> lines() {
            synchronized (written) {
                return written.toString(StandardCharsets.UTF_8).lines().toList();
            }
        }
    }

    BatchingAppenderTest() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%level %msg%n");
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
    }

    @AfterEach
    void release() {
        output.mayWrite.countDown();
        appender.stop();
    }

    private void log(Level level, String text) {
        ILoggingEvent event = new LoggingEvent("test", context.getLogger("test"), level, text, null, null);
        appender.doAppend(event);
    }

    private static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(number -> "INFO line " + number).toList();
    }

    @Test
    void writesLinesInOrderAndInFewWrites() {
        for (int i = 0; i < 1000; i++) {
            log(Level.INFO, "line " + i);
        }
        Eventually.so("all lines are written", () -> output.lines().size() == 1000);
        assertThat(output.lines()).isEqualTo(numbered(1000));
        assertThat(output.writes.get()).isLessThan(100);
    }

    @Test
    void writesSingleLineSoon() {
        log(Level.INFO, "line 0");
        Eventually.so("the line is written", () -> output.lines().equals(numbered(1)));
    }

    @Test
    void losesNoLineAtTheEnd() {
        for (int i = 0; i < 5000; i++) {
            log(Level.INFO, "line " + i);
        }
        appender.stop();
        assertThat(output.lines()).isEqualTo(numbered(5000));
    }

    @Test
    void writesLinesOfSeveralThreadsWhole() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 500; i++) {
                    log(Level.INFO, "line");
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        appender.stop();
        assertThat(output.lines()).hasSize(4000).containsOnly("INFO line");
    }

    @Test
    void discardsLinesBelowWarnWhileOutputIsSlowAndSaysSo() {
        Logger own = (Logger) LoggerFactory.getLogger(BatchingAppender.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        own.addAppender(said);
        output.mayWrite = new CountDownLatch(1);
        String text = "x".repeat(1000);
        log(Level.INFO, "first");
        Eventually.so("the output waits", () -> output.writes.get() == 1);
        int many = BatchingAppender.MAX_BYTES / 1000;
        for (int i = 0; i < many; i++) {
            log(Level.INFO, text);
        }
        log(Level.WARN, "warning");
        output.mayWrite.countDown();
        Eventually.so("all lines are written", () -> output.lines().contains("WARN warning"));
        int lost = many + 2 - output.lines().size();
        assertThat(lost).isBetween(1, many / 2);
        Eventually.so("the number of lost lines is logged", () -> !List.copyOf(said.list).isEmpty());
        own.detachAppender(said);
        assertThat(said.list.getFirst().getFormattedMessage())
                .isEqualTo("log lines discarded because the output is slow count=" + lost);
    }

    @Test
    void outputThatWaitsDoesNotHoldACallerUp() {
        output.mayWrite = new CountDownLatch(1);
        log(Level.INFO, "line 0");
        Eventually.so("the output waits", () -> output.writes.get() == 1);
        for (int i = 1; i < 1000; i++) {
            log(Level.INFO, "line " + i); // returns although nothing can be written
        }
        assertThat(output.lines()).isEmpty();
        output.mayWrite.countDown();
        Eventually.so("all lines are written", () -> output.lines().equals(numbered(1000)));
    }
}
