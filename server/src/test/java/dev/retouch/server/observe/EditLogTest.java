package dev.retouch.server.observe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import dev.retouch.server.log.LogFields;

import static org.assertj.core.api.Assertions.assertThat;

/** The line of each edit, written by a gateway that has run edits of every outcome. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EditLogTest {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.retouch.edit");

    @TempDir
    private static Path folder;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeAll
    void run() throws IOException, InterruptedException {
        lines.start();
        LOG.addAppender(lines);
        try (ObservedGateway gateway = new ObservedGateway(folder, Map.of())) {
            gateway.runEverything();
            gateway.awaitMetric(0, "retouch_edits_active");
        }
    }

    @AfterAll
    void stop() {
        LOG.detachAppender(lines);
    }

    private List<Map<String, Object>> with(String name, Object value) {
        return lines.list.stream().map(line -> ((LogFields) line.getArgumentArray()[0]).values())
                .filter(fields -> value.equals(fields.get(name))).toList();
    }

    @Test
    void everyEditHasALine() {
        assertThat(lines.list).hasSize(13);
        assertThat(with("outcome", "replayed")).singleElement().satisfies(fields -> assertThat(fields)
                .containsEntry("group", "team").doesNotContainKeys("upstream", "cost"));
        assertThat(with("task", true)).singleElement()
                .satisfies(fields -> assertThat(fields).containsEntry("outcome", "succeeded"));
    }

    @Test
    void lineOfAnEditHasEverythingThatIsKnown() {
        assertThat(with("streamed", true)).singleElement()
                .satisfies(fields -> assertThat(fields).containsEntry("outcome", "succeeded")
                        .containsEntry("status", 200).containsEntry("group", "team")
                        .containsEntry("model", "gpt-image-2").containsEntry("quality", "low")
                        .containsEntry("upstream", "first").containsEntry("attempts", 1)
                        .containsEntry("charge", "settled").containsEntry("currency", "USD")
                        .containsEntry("images", 1)
                        .containsKeys("key", "request", "ms", "upstream-ms", "fetch-ms", "moderation-ms", "queue-ms",
                                "first-byte-ms", "held", "cost", "image-output-tokens"));
        assertThat(with("failovers", 1)).singleElement()
                .satisfies(fields -> assertThat(fields).containsEntry("upstream", "first,second"));
        assertThat(with("charge", "undecided")).singleElement().satisfies(
                fields -> assertThat(fields).containsEntry("outcome", "failed").containsEntry("status", 502));
        assertThat(with("code", "invalid_api_key")).singleElement()
                .satisfies(fields -> assertThat(fields).doesNotContainKeys("key", "group", "model"));
    }

    @Test
    void linesHaveNoKeyNoPromptAndNoUrl() {
        assertThat(lines.list).allSatisfy(line -> assertThat(line.getFormattedMessage())
                .startsWith("edit ended outcome=").doesNotContain("sk-", "balloon", "http", "forbidden"));
    }
}
