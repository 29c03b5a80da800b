package dev.retouch.server.moderation;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.moderation.ModerationImage.Held;
import dev.retouch.server.moderation.ModerationImage.Linked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** The client against the mock upstream, over real connections. */
@Timeout(60)
@Tag("slow")
class ModerationClientTest {

    private static final String KEY = "sk-moderation-0123456789abcdef";
    private static final String MODEL = "omni-moderation-latest";
    private static final ModerationClientSettings PATIENT = new ModerationClientSettings(Duration.ofSeconds(5),
            Duration.ofSeconds(30), 4);

    private final Spool spool;
    private final MockUpstream provider;
    private final ModerationClient service;

    ModerationClientTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 1000);
        this.provider = MockUpstream.start(MockOptions.defaults().withKey(KEY).withFolder(folder));
        this.service = new ModerationClient(provider.baseUrl(), KEY, MODEL, PATIENT);
    }

    @AfterEach
    void stop() {
        service.close();
        provider.close();
    }

    private Held image(byte[] bytes, ImageFormat format) throws IOException {
        Spool.Writer writer = spool.newWriter();
        writer.write(bytes);
        return new Held("image[0]", writer.finish(), format);
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private JsonNode sent() {
        return provider.journal().entries().getLast().json().orElseThrow();
    }

    private static ModerationClientException failureOf(ThrowingCallable question) {
        return Objects.requireNonNull(catchThrowableOfType(ModerationClientException.class, question));
    }

    private String reason() {
        return failureOf(() -> service.moderate("a rose")).reason();
    }

    private void next(String body) {
        provider.scenarios().next(new Scenario.Status(200, Optional.of(body), "application/json", Map.of()));
    }

    @Test
    void aPromptGoesAsText() throws Exception {
        assertThat(service.moderate("eine \"Rose\" 玫瑰\n\u0000").values()).isNotEmpty()
                .noneMatch(CategoryResult::flagged);

        assertThat(sent().toString()).isEqualTo("{\"model\":\"omni-moderation-latest\",\"input\":[{\"type\":\"text\","
                + "\"text\":\"eine \\\"Rose\\\" 玫瑰\\n\\u0000\"}]}");
        JournalEntry entry = provider.journal().entries().getLast();
        assertThat(entry.path()).isEqualTo("/v1/moderations");
        assertThat(entry.header("content-type")).hasValue("application/json");
        assertThat(entry.header("user-agent")).isEmpty();
        assertThat(entry.header("accept-encoding")).isEmpty();
    }

    /** The last needs as long a string as the provider takes. */
    @ParameterizedTest
    @CsvSource({"1,PNG", "2,JPEG", "3,WEBP", "24573,PNG", "24576,PNG", "24577,PNG", "24578,PNG", "100000,JPEG",
            "15700000,PNG"})
    void sendsImageAsBase64Unchanged(int size, ImageFormat format) throws Exception {
        byte[] bytes = noise(size);
        Held image = image(bytes, format);
        try (ImageBytes _ = image.bytes()) {
            assertThat(service.moderate(image).values()).isNotEmpty().noneMatch(CategoryResult::flagged);
        }

        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        assertThat(sent().toString()).isEqualTo("{\"model\":\"omni-moderation-latest\",\"input\":[{\"type\":"
                + "\"image_url\",\"image_url\":{\"url\":\"data:" + format.mediaType() + ";base64,(" + size
                + " bytes, sha256 " + sha256 + ")\"}}]}");
        long whole = Long.parseLong(provider.journal().entries().getLast().header("content-length").orElseThrow());
        assertThat(whole).isBetween((size + 2) / 3 * 4L, (size + 2) / 3 * 4L + 200);
    }

    /** A PNG of noise, whose bytes are more than a data URL may have. */
    private static byte[] largePng() throws IOException {
        BufferedImage image = new BufferedImage(2500, 2400, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < image.getHeight(); y++) {
            image.setRGB(0, y, image.getWidth(), 1, random.ints(image.getWidth()).toArray(), 0, image.getWidth());
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    @Test
    void sendsReducedCopyIfTheImageIsTooLargeForTheService() throws Exception {
        byte[] png = largePng();
        assertThat(png.length).isGreaterThan(15_800_000);
        Held image = image(png, ImageFormat.PNG);
        try (ImageBytes _ = image.bytes()) {
            assertThat(service.moderate(image).values()).isNotEmpty().noneMatch(CategoryResult::flagged);
        }
        assertThat(sent().toString()).contains("\"url\":\"data:image/jpeg;base64,(");
        assertThat(Long.parseLong(provider.journal().entries().getLast().header("content-length").orElseThrow()))
                .isLessThan(8_000_000);
    }

    @Test
    void failsIfTheImageIsTooLargeAndCannotBeReduced() throws Exception {
        Held image = image(noise(15_700_001), ImageFormat.PNG);
        try (ImageBytes _ = image.bytes()) {
            assertThat(failureOf(() -> service.moderate(image)).reason())
                    .isEqualTo("the image could not be decoded for a reduced copy");
        }
        assertThat(provider.journal().entries()).isEmpty();
    }

    @Test
    void callsTheServiceThroughTheProxy() throws Exception {
        List<String> uris = new CopyOnWriteArrayList<>();
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            uris.add(exchange.getRequestURI().toString());
            exchange.getRequestBody().readAllBytes();
            byte[] body = "{\"results\":[{\"categories\":{\"hate\":true}}]}".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        proxy.start();
        URI address = URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
        try (ModerationClient behind = new ModerationClient(new ModerationEndpoint(
                URI.create("http://moderation.invalid/v1"), KEY, MODEL, address), PATIENT, new ImageReducer())) {
            assertThat(behind.moderate("a rose")).containsKey("hate");
        } finally {
            proxy.stop(0);
        }
        assertThat(uris).containsExactly("http://moderation.invalid/v1/moderations");
    }

    @Test
    void sendsRemoteImageAsItsUrl() throws Exception {
        assertThat(service.moderate(new Linked("image[0]", "https://images.example/a.png?b=\"c\""))).isNotEmpty();
        assertThat(sent().at("/input/0/image_url/url").asText()).isEqualTo("https://images.example/a.png?b=\"c\"");
    }

    @Test
    void flagsWithTheScoreOfTheService() throws Exception {
        CategoryResult opinion = Objects.requireNonNull(service.moderate("please flag-me").get("violence"));
        assertThat(opinion.flagged()).isTrue();
        assertThat(opinion.score()).isEqualByComparingTo("0.98");
    }

    @Test
    void aBaseMayEndInASlash() throws Exception {
        try (ModerationClient other = new ModerationClient(URI.create(provider.baseUrl() + "/"), KEY, MODEL,
                PATIENT)) {
            assertThat(other.moderate("a rose")).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 307, 400, 401, 403, 404, 407, 429, 500, 503})
    void aStatusThatIsNoSuccessIsNoVerdict(int status) {
        provider.scenarios().next(new Scenario.Status(status, Optional.of("{\"error\":{\"message\":\"" + KEY + "\"}}"),
                "application/json", Map.of("location", provider.baseUrl() + "/moderations")));
        assertThat(reason()).isEqualTo("it answered " + status);
        assertThat(provider.journal().entries()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"results\":[]}", "{\"results\":{}}", "{\"results\":[7]}",
            "{\"results\":[{}]}", "{\"results\":[{\"flagged\":false}]}", "{\"results\":[{\"categories\":[]}]}",
            "{\"results\":[{\"categories\":{\"hate\":\"no\"}}]}", "<html>welcome</html>", "{\"results\":[{\"catego",
            "{\"results\":[{\"categories\":{\"hate\":false}}]} x",
            "{\"results\":[{\"flagged\":\"no\",\"categories\":{\"hate\":false}}]}",
            "{\"results\":[{\"categories\":{\"ha\\nte\":false}}]}",
            "{\"results\":[{\"categories\":{\"hate\":false},\"category_scores\":{\"hate\":\"0.1\"}}]}",
            "{\"results\":[{\"categories\":{\"hate\":false},\"category_scores\":[0.1]}]}"})
    void garbageIsNoVerdict(String body) {
        next(body);
        assertThat(reason()).startsWith("its answer ");
    }

    @Test
    void missingCategoryIsNotFlagged() throws Exception {
        next("{\"results\":[{\"categories\":{\"illicit\":null,\"hate\":false},\"category_scores\":{\"hate\":1e-7}}]}");
        Map<String, CategoryResult> opinions = service.moderate("a rose");
        assertThat(opinions).containsOnlyKeys("hate", "illicit").containsEntry("illicit",
                new CategoryResult(false, null));
        assertThat(Objects.requireNonNull(opinions.get("hate")).score()).isEqualByComparingTo("0.0000001");
    }

    @Test
    void aFlagWithoutACategoryCounts() throws Exception {
        next("{\"results\":[{\"flagged\":true,\"categories\":{}}]}");
        assertThat(service.moderate("a rose")).containsExactly(Map.entry("flagged", new CategoryResult(true, null)));
    }

    @Test
    void ofSeveralResultsTheWorstCounts() throws Exception {
        next("""
                {"results":[{"categories":{"hate":true},"category_scores":{"hate":0.2}},
                            {"categories":{"hate":false},"category_scores":{"hate":0.3}}]}""");
        CategoryResult hate = Objects.requireNonNull(service.moderate("a rose").get("hate"));
        assertThat(hate.flagged()).isTrue();
        assertThat(hate.score()).isEqualByComparingTo("0.3");
    }

    @Test
    void aBrokenConnectionIsNoVerdict() {
        provider.scenarios().next(new Scenario.Reset());
        assertThat(reason()).contains("broke off");
        provider.scenarios().next(new Scenario.Truncate(OptionalLong.of(50)));
        assertThat(reason()).contains("broke off");
    }

    @Test
    void anAnswerWithoutEndIsNotReadToItsEnd() throws Exception {
        provider.scenarios().next(new Scenario.LargeAnswer(2));
        assertThat(reason()).contains("too large");
        assertThat(service.moderate("a rose")).as("the next question").isNotEmpty();
    }

    @Test
    void aSilentServiceIsNotWaitedForLonger() {
        ModerationClientSettings hurried = new ModerationClientSettings(Duration.ofSeconds(5), Duration.ofMillis(200),
                1);
        try (ModerationClient impatient = new ModerationClient(provider.baseUrl(), KEY, MODEL, hurried)) {
            provider.scenarios().next(Scenario.delay(Duration.ofSeconds(50)));
            assertThat(failureOf(() -> impatient.moderate("a rose")).reason())
                    .isEqualTo("it took longer than 200 milliseconds");
        }
    }

    @Test
    void aServiceThatIsNotThereIsNoVerdict() throws IOException {
        for (String base : new String[]{"http://127.0.0.1:1/v1", "http://no-such-host.invalid/v1"}) {
            try (ModerationClient nobody = new ModerationClient(URI.create(base), KEY, MODEL, PATIENT)) {
                assertThat(failureOf(() -> nobody.moderate("a rose")).reason()).as(base)
                        .isEqualTo("it could not be reached");
            }
        }
    }

    @Test
    void nothingOfAFailureNamesTheKeyOrThePrompt() {
        try (ModerationClient wrong = new ModerationClient(provider.baseUrl(), "sk-wrong", MODEL, PATIENT)) {
            StringWriter text = new StringWriter();
            failureOf(() -> wrong.moderate("a rose")).printStackTrace(new PrintWriter(text));
            assertThat(text.toString()).contains("it answered 401").doesNotContain("sk-wrong", "rose");
        }
    }
}
