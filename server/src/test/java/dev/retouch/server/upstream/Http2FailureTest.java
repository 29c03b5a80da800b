package dev.retouch.server.upstream;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.ScriptedHttp2Server.Step;
import dev.retouch.server.upstream.UpstreamSettings.Http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Which ends of an HTTP/2 stream prove that an edit did not run (RFC 9113, 8.7), against a real HTTP/2 server. */
@Timeout(60)
class Http2FailureTest {

    private final Spool spool;

    Http2FailureTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 1000);
    }

    private LoadedImageRequest edit(int bytes) {
        try {
            Spool.Writer writer = spool.newWriter();
            writer.write(new byte[bytes]);
            return Edits.loaded("req_http2", Edits.model("gpt-image-2", "gpt-image-2"), "a rose",
                    Map.of(), List.of(new ImagePart(writer.finish(), ImageFormat.PNG)), Optional.empty(), false);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OpenAiUpstream connected(ScriptedHttp2Server server) {
        return new OpenAiUpstream(Provided.at(server.base()).withHttp(Http.HTTP_2).settings(), new Secret("sk-x"),
                Clock.systemUTC());
    }

    private AttemptFailedException failureAfter(Step step, int bytes) {
        try (ScriptedHttp2Server server = new ScriptedHttp2Server(step); OpenAiUpstream upstream = connected(server)) {
            AttemptFailedException failure = catchThrowableOfType(AttemptFailedException.class,
                    () -> upstream.send(edit(bytes)));
            assertThat(failure).isNotNull();
            return failure;
        }
    }

    @ParameterizedTest
    @CsvSource({"REFUSE_AT_HEADERS, 100, OVERLOADED", "REFUSE_AT_HEADERS, 30000000, OVERLOADED",
            "REFUSE_AFTER_BODY, 100, OVERLOADED", "REFUSE_AFTER_BODY, 3000000, OVERLOADED",
            "GO_AWAY_BEFORE, 100, UNREACHABLE", "GO_AWAY_BEFORE, 3000000, UNREACHABLE"})
    void allowsRetryIfUpstreamDidNotProcessTheStream(Step step, int bytes, AttemptOutcome outcome) {
        AttemptFailedException failure = failureAfter(step, bytes);
        assertThat(failure.clientError().mayHaveRun()).isFalse();
        assertThat(failure.retryScope()).isEqualTo(RetryScope.ANY_UPSTREAM);
        assertThat(failure.outcome()).isEqualTo(outcome);
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"INTERNAL_ERROR", "CANCEL", "GO_AWAY_WITH"})
    void forbidsRetryIfUpstreamMayHaveProcessedTheStream(Step step) {
        AttemptFailedException failure = failureAfter(step, 100);
        assertThat(failure.clientError().mayHaveRun()).isTrue();
        assertThat(failure.retryScope()).isEqualTo(RetryScope.NONE);
    }

    @Test
    void retriesAtTheSameUpstreamAfterRefusedStreamAndGoAway() throws IOException {
        try (ScriptedHttp2Server server = new ScriptedHttp2Server(Step.REFUSE_AFTER_BODY, Step.GO_AWAY_BEFORE);
                OpenAiUpstream http = connected(server)) {
            RoutedUpstream routed = new RoutedUpstream(new RoutedUpstream.Place("a", 1, 1, true), http, _ -> true,
                    new CircuitBreakerSettings(10, Duration.ofSeconds(30), ManualClock.atSomeTime()),
                    CircuitBreakerRegistry.ofDefaults());
            UpstreamRegistry registry = new UpstreamRegistry(List.of(routed), Optional.empty(),
                    new RetrySettings(3, 100, Duration.ofMillis(2), Duration.ofSeconds(5)), new Random(7),
                    new RecordingObserver());
            try (UpstreamResponse response = Edits.anyOf(registry).edit(edit(100))) {
                assertThat(response.body().readAllBytes()).isNotEmpty();
            }
            assertThat(server.streams()).isEqualTo(3);
        }
    }
}
