package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/** The kind {@code azure} through a gateway. */
@Tag("slow")
class AzureTest {

    private static final String MODEL = "gpt-image-2";
    private static final String CLASSIC = """
            azure:
              kind: azure
              url: %s
              deployments: {gpt-image-2: my-deployment}
              key-env: VENDOR_KEY
            """;

    @TempDir
    private Path folder = Path.of(".");
    private final AzureVendor azure = start();

    private static AzureVendor start() {
        try {
            return new AzureVendor();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void check() {
        assertThat(azure.received()).isEmpty();
    }

    @AfterEach
    void stop() {
        azure.close();
    }

    private KindGateway gateway(String upstreams, String... settings) throws IOException {
        String[] all = Stream.concat(Stream.of("RETOUCH_UPSTREAM_MAX_ATTEMPTS", "1"), Stream.of(settings))
                .toArray(String[]::new);
        return new KindGateway(folder, upstreams.formatted(azure.base()), all);
    }

    @Test
    void urlOfDeploymentHasVersionAndKeyHeader() throws IOException {
        try (KindGateway gateway = gateway(CLASSIC)) {
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image().image().mask().with("n", "2")
                    .with("size", "1024x1024"));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(gateway.parsed(response).path("data")).hasSize(2);
            assertThat(header(response, "x-upstream-request-id")).isEqualTo("apim-1");
            // 10 tokens of text, 200 of images, 8320 of results, per million
            BigDecimal invoice = new BigDecimal("5").multiply(BigDecimal.TEN)
                    .add(new BigDecimal("8").multiply(BigDecimal.valueOf(200)))
                    .add(new BigDecimal("30").multiply(BigDecimal.valueOf(8320))).movePointLeft(6);
            assertThat(new BigDecimal(header(response, "x-retouch-cost").replace(" USD", "")))
                    .isEqualByComparingTo(invoice);
            MultipartForm form = MultipartForm.of(azure.posted().getFirst());
            assertThat(form.named("image[]")).hasSize(2);
            assertThat(form.named("mask")).hasSize(1);
            assertThat(form.text("quality")).isEqualTo("high");
            assertThat(azure.posted().getFirst().query()).isEqualTo("api-version=2025-04-01-preview");
            assertThat(azure.posted().getFirst().header("authorization")).isEmpty();
        }
    }

    @Test
    void v1UrlHasDeploymentInTheForm() throws IOException {
        try (KindGateway gateway = gateway(CLASSIC.replace("url: %s", "url: %s/openai/v1\n  api-version: preview"))) {
            assertThat(gateway.send(new Edit(MODEL).image()).statusCode()).isEqualTo(200);
            assertThat(azure.posted().getFirst().query()).isEqualTo("api-version=preview");
        }
    }

    @Test
    void tokenOfFileIsReadAgainAfterItWasRefused() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "outdated-token\n");
        try (KindGateway gateway = gateway(CLASSIC.replace("key-env: VENDOR_KEY", "token-file: " + token))) {
            assertThat(gateway.send(new Edit(MODEL).image()).statusCode()).isEqualTo(502);
            Files.writeString(token, AzureVendor.TOKEN + "\n");
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(azure.posted().getLast().header("api-key")).isEmpty();
        }
    }

    @Test
    void commandPrintsToken() throws IOException {
        String command = "token-command: [sh, -c, 'echo \"{\\\"accessToken\\\":\\\"" + AzureVendor.TOKEN + "\\\"}\"']";
        try (KindGateway gateway = gateway(CLASSIC.replace("key-env: VENDOR_KEY", command))) {
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
    }

    private static String format(KindGateway gateway, HttpResponse<String> response, int image) {
        byte[] file = Base64.getDecoder()
                .decode(gateway.parsed(response).at("/data/" + image + "/b64_json").asText());
        return new String(file, 8, 4, StandardCharsets.ISO_8859_1);
    }

    @Test
    void webpIsConvertedInAndOut() throws IOException {
        try (KindGateway gateway = gateway(CLASSIC)) {
            HttpResponse<String> input = gateway.send(new Edit(MODEL).image(Pictures.lossyWebp(64, 64)));
            assertThat(input.statusCode()).as(input.body()).isEqualTo(200);
            assertThat(header(input, "x-retouch-warning"))
                    .isEqualTo("webp images were sent as png, because the upstream takes no webp");
            HttpResponse<String> output = gateway
                    .send(new Edit(MODEL).image().with("output_format", "webp").with("n", "2"));
            assertThat(output.statusCode()).as(output.body()).isEqualTo(200);
            assertThat(header(output, "x-retouch-warning"))
                    .isEqualTo("the upstream cannot be asked for webp, so the gateway converts its results");
            assertThat(format(gateway, output, 0)).isEqualTo("WEBP");
            assertThat(format(gateway, output, 1)).isEqualTo("WEBP");
            HttpResponse<String> both = gateway.send(new Edit(MODEL).image(Pictures.losslessWebp(64, 64)).mask()
                    .with("mask_mode", "strict").with("output_format", "webp").with("output_compression", "80"));
            assertThat(both.statusCode()).as(both.body()).isEqualTo(200);
            assertThat(header(both, "x-retouch-mask")).startsWith("enforced");
            assertThat(header(both, "x-retouch-dropped-parameters")).isEqualTo("output_compression");
            assertThat(format(gateway, both, 0)).isEqualTo("WEBP");
        }
    }

    @Test
    void convertedImagesAreHostedAndStreamed() throws IOException {
        try (KindGateway gateway = gateway(CLASSIC)) {
            HttpResponse<String> linked = gateway.send(
                    new Edit(MODEL).image().with("output_format", "webp").with("response_format", "url"));
            byte[] file = gateway.file(gateway.parsed(linked).at("/data/0/url").asText());
            assertThat(new String(file, 8, 4, StandardCharsets.ISO_8859_1)).isEqualTo("WEBP");
            HttpResponse<String> streamed = gateway
                    .send(new Edit(MODEL).image().with("output_format", "webp").with("stream", "true"));
            assertThat(streamed.body()).contains("event: image_edit.completed").contains("\"b64_json\":\"UklGR");
        }
    }

    /** What cannot be decoded exists and is charged, so the client gets it unchanged. */
    @Test
    void resultThatCannotBeConvertedIsPassedOn() throws IOException {
        azure.next(ScriptedVendor.Reply.json(200,
                "{\"created\":1,\"data\":[{\"b64_json\":\"" + ScriptedVendor.base64(new byte[50]) + "\"}]}"));
        try (KindGateway gateway = gateway(CLASSIC)) {
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image().with("output_format", "webp"));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(header(response, "x-retouch-warning"))
                    .contains("image 1 is passed on as the upstream returned it");
        }
    }

    static Stream<ScriptedVendor.Reply> filtered() {
        return Stream.of(AzureVendor.imageFiltered(), AzureVendor.promptFiltered(),
                ScriptedVendor.Reply.json(200, new String(AzureVendor.imageFiltered().body(),
                        StandardCharsets.UTF_8)),
                AzureVendor.error(400, "content_policy_violation", "Your request was rejected."));
    }

    @ParameterizedTest
    @MethodSource("filtered")
    void contentFilterIsModerationAndNotCharged(ScriptedVendor.Reply reply) throws IOException {
        try (KindGateway gateway = gateway(CLASSIC)) {
            azure.next(reply);
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image());
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(gateway.code(response)).isEqualTo("moderation_blocked");
            assertThat(gateway.ledger(response).path("state").asText()).isEqualTo("released");
        }
    }

    @Test
    void troubleOfTheAccountAndRateLimits() throws IOException {
        try (KindGateway gateway = gateway(CLASSIC)) {
            azure.next(AzureVendor.wrongKey());
            assertThat(gateway.send(new Edit(MODEL).image()).statusCode()).isEqualTo(502);
            azure.next(AzureVendor.error(404, "DeploymentNotFound", "The API deployment does not exist."));
            HttpResponse<String> gone = gateway.send(new Edit(MODEL).image());
            assertThat(gone.statusCode()).isEqualTo(502);
            assertThat(gone.body()).doesNotContain("deployment");
            assertThat(gateway.ledger(gone).path("state").asText()).isEqualTo("released");
            azure.next(AzureVendor.limited());
            HttpResponse<String> limited = gateway.send(new Edit(MODEL).image());
            assertThat(limited.statusCode()).isEqualTo(429);
            assertThat(header(limited, "retry-after")).isEqualTo("28");
        }
    }

    @Test
    void modelWithoutDeploymentIsNotServed() throws IOException {
        try (KindGateway gateway = gateway(CLASSIC)) {
            HttpResponse<String> response = gateway.send(new Edit("gpt-image-1").image());
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(gateway.parsed(response).at("/error/message").asText())
                    .isEqualTo("No upstream of this API key serves the model 'gpt-image-1'.");
        }
    }
}
