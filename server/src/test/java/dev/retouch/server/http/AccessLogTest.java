package dev.retouch.server.http;

import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Content of the access log. */
@Timeout(60)
final class AccessLogTest {

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Logger log = (Logger) LoggerFactory.getLogger("dev.retouch.access");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };

    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void listen() {
        appender.setContext(log.getLoggerContext());
        appender.start();
        log.addAppender(appender);
    }

    @AfterEach
    void stop() {
        log.detachAppender(appender);
    }

    @Test
    void logsRequestWithoutItsQuery() throws Exception {
        try (Door door = Door.open(folder); HttpClient client = door.client(Version.HTTP_1_1)) {
            HttpResponse<String> answer = client.send(post(door, "abc-1"), BodyHandlers.ofString());
            String id = answer.headers().firstValue("x-request-id").orElseThrow();
            assertThat(next())
                    .matches("method=POST path=/quick status=200 ms=\\d+ in=14 out=5 protocol=HTTP/1.1 request="
                            + id + " client-request=abc-1");
            client.send(post(door, "abc 1 status=500"), BodyHandlers.ofString());
            assertThat(next()).doesNotContain("client-request").doesNotContain("500");
        }
    }

    @Test
    void logsDisconnectAs499() throws Exception {
        try (Door door = Door.open(folder)) {
            try (Socket client = door.connect()) {
                client.getOutputStream().write(Door.request("/slow").getBytes(StandardCharsets.US_ASCII));
                door.desk.awaitArrival();
            }
            assertThat(next()).contains("path=/slow status=499 ");
        }
    }

    private static HttpRequest post(Door door, String id) {
        return HttpRequest.newBuilder(door.at("/quick?secret=1")).header("Content-Type", "application/json")
                .header("x-request-id", id).POST(BodyPublishers.ofString(Door.BODY)).build();
    }

    private String next() throws InterruptedException {
        String line = lines.poll(20, TimeUnit.SECONDS);
        return line == null ? "none" : line;
    }
}
