package dev.retouch.server.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class JsonLogEncoderTest {

    private final LoggerContext context = new LoggerContext();
    private final JsonLogEncoder encoder = new JsonLogEncoder();

    private JsonNode encoded(@Nullable Throwable failure, String message, Object... arguments) throws IOException {
        Logger logger = context.getLogger("dev.retouch.server.upstream.RoutedUpstream");
        LoggingEvent event = new LoggingEvent("", logger, Level.WARN, message, failure, arguments);
        event.setInstant(Instant.parse("2026-11-29T12:00:00.5Z"));
        event.setMDCPropertyMap(Map.of("request", "req_1"));
        String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
        assertThat(line).endsWith("}\n");
        assertThat(line.lines()).hasSize(1);
        return new ObjectMapper().readTree(line);
    }

    @Test
    void argumentsAreMembersUnderTheNamesBeforeThem() throws IOException {
        JsonNode line = encoded(null, "attempt failed upstream={} cause=\"{}\" ms={} {}", "first", "a \"b\"\nc", 12,
                "unnamed");

        assertThat(line.path("timestamp").asText()).isEqualTo("2026-11-29T12:00:00.500Z");
        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(line.path("logger").asText()).isEqualTo("dev.retouch.server.upstream.RoutedUpstream");
        assertThat(line.path("message").asText()).startsWith("attempt failed upstream=first");
        assertThat(line.path("upstream").asText()).isEqualTo("first");
        assertThat(line.path("cause").asText()).isEqualTo("a \"b\"\nc");
        assertThat(line.path("duration_ms").isInt()).isTrue();
        assertThat(line.path("request_id").asText()).isEqualTo("req_1");
        assertThat(line.size()).isEqualTo(8);
    }

    @Test
    void fieldsAreMembersAndNeverReplaceThoseOfTheLine() throws IOException {
        LogFields fields = new LogFields().add("first-byte-ms", 5L).add("level", "forged").add("absent", null)
                .add("mask", true);

        JsonNode line = encoded(null, "edit ended {}", fields);

        assertThat(line.path("first_byte_ms").asLong()).isEqualTo(5);
        assertThat(line.path("mask").asBoolean()).isTrue();
        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(line.has("absent")).isFalse();
        assertThat(line.path("message").asText()).isEqualTo("edit ended first-byte-ms=5 level=forged mask=true");
    }

    @Test
    void exceptionsHaveTheirStackTrace() throws IOException {
        assertThat(encoded(new IllegalStateException("why"), "unexpected failure").path("stack_trace").asText())
                .contains("IllegalStateException: why", "at dev.retouch.server.log.JsonLogEncoderTest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void formatChoosesTheEncoder(String format) throws JoranException {
        context.putProperty("RETOUCH_LOG_FORMAT", format);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(JsonLogEncoder.class.getResource("/logback.xml"));

        BatchingAppender appender = (BatchingAppender) context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
                .getAppender("stderr");
        assertThat(appender.encoder() instanceof JsonLogEncoder).isEqualTo(format.equals("json"));
        assertThat(context.getStatusManager().getCopyOfStatusList()).as("a warning prints all of these")
                .noneMatch(status -> status.getLevel() > Status.INFO);
    }
}
