package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** The client against the mock upstream, over real connections. */
@Timeout(60)
@Tag("slow")
class HttpUpstreamTest {

    private static final String KEY = "sk-upstream-0123456789abcdef";

    private static final ModelName MODEL = Edits.model("gpt-image-1", "gpt-image-1");

    private final Spool spool;
    private final MockUpstream provider;
    private final OpenAiUpstream upstream;

    HttpUpstreamTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 1000);
        this.provider = MockUpstream.start(MockOptions.defaults().withKey(KEY).withFolder(folder));
        this.upstream = connected(provider.baseUrl(), KEY, Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        upstream.close();
        provider.close();
    }

    private static OpenAiUpstream connected(URI base, String key, Duration idle) {
        return new OpenAiUpstream(Provided.at(base).withIdleTimeout(idle).settings(), new Secret(key),
                Clock.systemUTC());
    }

    private ImagePart image(byte[] bytes, ImageFormat format) throws IOException {
        Spool.Writer writer = spool.newWriter();
        writer.write(bytes);
        return new ImagePart(writer.finish(), format);
    }

    private LoadedImageRequest edit(Map<String, String> parameters, ImagePart... images) {
        return Edits.loaded("req_test", MODEL, "eine Rose 玫瑰", parameters, List.of(images),
                Optional.empty(), false);
    }

    private LoadedImageRequest small() throws IOException {
        return edit(Map.of("quality", "low"), image(Pictures.png(64, 64), ImageFormat.PNG));
    }

    private static String read(UpstreamResponse answer) throws IOException {
        try (answer) {
            return new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private JournalEntry received() {
        return provider.journal().entries().getLast();
    }

    /** Everything that a log line or an answer could take from a failure. */
    private static String everythingOf(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void sendsEditsThatAStrictProviderAccepts() throws IOException {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("size", "1024x1024");
        parameters.put("n", "1");
        byte[] png = Pictures.png(64, 64);

        String answer = read(upstream.edit(edit(parameters, image(png, ImageFormat.PNG))));

        assertThat(new ObjectMapper().readTree(answer).path("data")).hasSize(1);
        JournalEntry entry = received();
        assertThat(entry.form()).extracting(JournalEntry.Part::name).containsExactly("model", "prompt", "size", "n",
                "image");
        assertThat(entry.field("prompt")).hasValue("eine Rose 玫瑰");
        JournalEntry.Part part = entry.parts("image").getFirst();
        assertThat(part.filename()).hasValue("image-1.png");
        assertThat(part.contentType()).hasValue("image/png");
        assertThat(part.size()).isEqualTo(png.length);
        assertThat(entry.header("user-agent")).isEmpty();
    }

    @Test
    void sendsImagesAndMaskUnderTheProvidersNames() throws IOException {
        LoadedImageRequest edit = Edits.loaded("req_test", MODEL, "x", Map.of(),
                List.of(image(Pictures.png(64, 64), ImageFormat.PNG), image(Pictures.jpeg(600, 600), ImageFormat.JPEG),
                        image(Pictures.lossyWebp(32, 32), ImageFormat.WEBP)),
                Optional.of(image(Pictures.transparentPng(64, 64), ImageFormat.PNG)), false);

        read(upstream.edit(edit));

        assertThat(received().parts("image[]")).extracting(part -> part.filename().orElse(""))
                .containsExactly("image-1.png", "image-2.jpg", "image-3.webp");
        assertThat(received().parts("image[]")).extracting(part -> part.contentType().orElse(""))
                .containsExactly("image/png", "image/jpeg", "image/webp");
        assertThat(received().parts("mask")).singleElement().matches(mask -> mask.filename().equals(
                Optional.of("mask.png")));
    }

    @Test
    void distinguishesEventsFromADocument() throws IOException {
        try (UpstreamResponse answer = upstream.edit(edit(Map.of("stream", "true"), image(Pictures.png(64, 64),
                ImageFormat.PNG)))) {
            assertThat(answer.streamed()).isTrue();
        }
        try (UpstreamResponse answer = upstream.edit(small())) {
            assertThat(answer.streamed()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"401,UPSTREAM_REFUSED_CREDENTIALS", "403,UPSTREAM_REFUSED_CREDENTIALS", "408,UPSTREAM_TIMED_OUT",
            "500,UPSTREAM_ANSWER_IS_NOT_AN_EDIT", "502,UPSTREAM_ANSWER_IS_NOT_AN_EDIT", "503,UPSTREAM_IS_OVERLOADED",
            "504,UPSTREAM_TIMED_OUT", "529,UPSTREAM_IS_OVERLOADED", "418,UPSTREAM_ANSWER_IS_NOT_AN_EDIT",
            "429,UPSTREAM_LIMITS_RATE", "302,UPSTREAM_ANSWER_IS_NOT_AN_EDIT", "204,UPSTREAM_ANSWER_IS_NOT_AN_EDIT"})
    void aStatusHasItsMeaningForOurCaller(int status, ErrorMessage message) throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios().next(Scenario.status(status));
        ApiException failure = Failures.of(() -> upstream.edit(edit));
        assertThat(failure.message()).isEqualTo(message);
        assertThat(failure.mayHaveRun()).as("without evidence that nothing ran")
                .isEqualTo(List.of(204, 408, 500, 502, 504).contains(status));
    }

    /** A provider's text about the gateway's key or account must reach neither the client nor the log. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403, 418, 429, 500, 503})
    void hidesProvidersTextAboutTheGatewaysAccount(int status) throws IOException {
        LoadedImageRequest edit = small();
        String body = "{\"error\":{\"message\":\"Incorrect API key " + KEY + " of org-secret\",\"code\":\"x\"}}";
        provider.scenarios().next(new Scenario.Status(status, Optional.of(body), "application/json", Map.of()));

        ApiException failure = Failures.of(() -> upstream.edit(edit));

        assertThat(everythingOf(failure) + failure.arguments() + Failures.text(failure)).doesNotContain(KEY,
                "org-secret",
                "Incorrect");
    }

    @Test
    void hidesRefusalOfTheGatewaysKey() throws IOException {
        LoadedImageRequest edit = small();
        try (OpenAiUpstream wrong = connected(provider.baseUrl(), "sk-wrong", Duration.ofSeconds(30))) {
            ApiException failure = Failures.of(() -> wrong.edit(edit));
            assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS);
            assertThat(everythingOf(failure)).doesNotContain("sk-wrong");
        }
    }

    @Test
    void aRefusalOfTheRequestIsPassedOn() throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios()
                .next(new Scenario.Status(400,
                        Optional.of(
                                """
                                        {"error": {"message": "Your request was rejected by the safety system.", "type": "image_generation_user_error",
                                         "param": null, "code": "moderation_blocked"}}"""),
                        "application/json", Map.of()));

        UpstreamRefusalException refusal = catchThrowableOfType(UpstreamRefusalException.class,
                () -> upstream.edit(edit));

        assertThat(refusal.message()).isEqualTo("Your request was rejected by the safety system.");
        assertThat(refusal.type()).isEqualTo("image_generation_user_error");
        assertThat(refusal.code()).hasValue("moderation_blocked");
        assertThat(refusal.param()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "{\"error\": {\"message\": 7}}", "{\"error\": ",
            "<html>Bad Request</html>", ""})
    void status400WithoutAnErrorIsNoRefusal(String body) throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios().next(new Scenario.Status(400, Optional.of(body), "application/json", Map.of()));
        assertThat(Failures.of(() -> upstream.edit(edit)).message())
                .isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"error\": \"text\"}|text", "{\"detail\": [{\"msg\": \"text\"}]}|text",
            "{\"code\": 400, \"message\": \"text\"}|text", "a text|a text",
            "<html><head><title>400 Bad Request</title></head></html>|400 Bad Request"})
    void passesOnTheWordsOfARefusalInAnyShape(String body, String words) throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios().next(new Scenario.Status(400, Optional.of(body), "text/plain", Map.of()));
        assertThat(catchThrowableOfType(UpstreamRefusalException.class, () -> upstream.edit(edit)).message())
                .isEqualTo(words);
    }

    @Test
    void anAccountWithoutMoneyIsNotOurCallersRate() throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios().next(new Scenario.Status(429,
                Optional.of("{\"error\":{\"message\":\"You exceeded your quota\",\"code\":\"insufficient_quota\"}}"),
                "application/json", Map.of("retry-after", "1")));
        ApiException failure = Failures.of(() -> upstream.edit(edit));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS);
        assertThat(failure.retryAfter()).isEmpty();
    }

    @Test
    void theProvidersDelayIsPassedOn() throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios().next(Scenario.rateLimit(17));
        assertThat(Failures.of(() -> upstream.edit(edit)).retryAfter()).hasValue(Duration.ofSeconds(17));

        for (String odd : List.of("soon", "-1", "1.5", "99999999999", "Fri, 31 Dec 2100 23:59:59 GMT")) {
            provider.scenarios().next(new Scenario.Status(503, Optional.empty(), "application/json",
                    Map.of("retry-after", odd)));
            assertThat(Failures.of(() -> upstream.edit(edit)).retryAfter()).as(odd).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "text/plain", "image/png"})
    void a200ThatIsNoDocumentIsNoEdit(String type) throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios().next(new Scenario.Status(200, Optional.of("<html>welcome</html>"), type, Map.of()));
        ApiException failure = Failures.of(() -> upstream.edit(edit));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        assertThat(failure.mayHaveRun()).isTrue();
    }

    @Test
    void aResetIsNoEdit() throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios().next(new Scenario.Reset());
        ApiException failure = Failures.of(() -> upstream.edit(edit));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        assertThat(failure.mayHaveRun()).isTrue();
    }

    /** Half a document never looks like a whole one. */
    @Test
    void truncatedResponseFailsAtItsEnd() throws IOException {
        provider.scenarios().next(new Scenario.Truncate(OptionalLong.of(500)));
        try (UpstreamResponse answer = upstream.edit(small()); InputStream body = answer.body()) {
            assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aSilentUpstreamIsNotWaitedForLonger() throws IOException {
        LoadedImageRequest edit = small();
        try (OpenAiUpstream impatient = connected(provider.baseUrl(), KEY, Duration.ofMillis(300))) {
            provider.scenarios().next(Scenario.delay(Duration.ofSeconds(30)));
            ApiException failure = Failures.of(() -> impatient.edit(edit));
            assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_TIMED_OUT);
            assertThat(failure.mayHaveRun()).isTrue();
        }
    }

    @Test
    void anUpstreamThatIsNotThereIsUnreachable() throws IOException {
        LoadedImageRequest edit = small();
        for (String base : List.of("http://127.0.0.1:1/v1", "http://no-such-host.invalid/v1")) {
            try (OpenAiUpstream nobody = connected(URI.create(base), KEY, Duration.ofSeconds(30))) {
                ApiException failure = Failures.of(() -> nobody.edit(edit));
                assertThat(failure.message()).as(base).isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
                assertThat(failure.mayHaveRun()).as(base).isFalse();
            }
        }
    }

    /** A key must never follow a redirect to another host. */
    @Test
    void redirectsAreNotFollowed() throws IOException {
        LoadedImageRequest edit = small();
        provider.scenarios().next(new Scenario.Status(307, Optional.of(""), "text/plain",
                Map.of("location", provider.baseUrl() + "/images/edits")));
        assertThat(Failures.of(() -> upstream.edit(edit)).message())
                .isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        assertThat(provider.journal().entries()).hasSize(1);
    }

    /** A response that is not read to its end does not block the next one. */
    @Test
    void anAnswerMayBeLeftUnread() throws IOException {
        for (int i = 0; i < 2; i++) {
            upstream.edit(small()).close();
        }
        assertThat(read(upstream.edit(small()))).contains("b64_json");
    }
}
