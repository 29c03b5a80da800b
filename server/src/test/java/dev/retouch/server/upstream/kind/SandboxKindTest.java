package dev.retouch.server.upstream.kind;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.kind.WireFormats;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.config.SandboxSettings;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The sandbox is reached through the kind of {@code sandbox.kind}, with real images, without a key of a provider, and at no cost. */
@Tag("slow")
class SandboxKindTest {

    private static final String NATIVE_MODEL = "gpt-image-2";

    @TempDir
    private Path folder = Path.of(".");

    private KindGateway gateway(String kind) throws IOException {
        Path kinds = Files.writeString(folder.resolve("kinds.yaml"), """
                bfl: {poll: {every: 20ms}}
                fal: {poll: {every: 20ms}}
                replicate: {poll: {every: 20ms}}
                """);
        KindGateway gateway = new KindGateway(folder, "unused: {url: 'http://127.0.0.1:1/v1'}",
                "RETOUCH_SANDBOX_ENABLED", "true", "RETOUCH_SANDBOX_KIND", kind, "RETOUCH_UPSTREAM_KINDS_FILE",
                kinds.toString(), "RETOUCH_FETCH_ENABLED", "false");
        gateway.useSandboxKey();
        return gateway;
    }

    private static Edit edit(String model) {
        String size = model.equals(NATIVE_MODEL) ? "1024x1024" : "512x512";
        return new Edit(model).image(Pictures.png(96, 64)).image(Pictures.png(32, 32)).with("size", size);
    }

    @ParameterizedTest
    @CsvSource({"openai, gpt-image-2, hint, /v1/images/edits", "azure, gpt-image-2, hint, /azure/openai/deployments/",
            "gemini, gemini-3.1-flash-image, strict, /gemini/v1beta/models/gemini-3.1-flash-image:",
            "vertex, gemini-3.1-flash-image, strict, /vertex/v1/publishers/google/models/",
            "openrouter, gemini-3.1-flash-image, strict, /openrouter/api/v1/images",
            "xai, grok-imagine-image, strict, /xai/v1/images/edits", "bfl, flux-2-pro, strict, /bfl/v1/flux-2-pro",
            "fal, flux-2-pro, strict, /fal/fal-ai/flux-2-pro/edit",
            "replicate, flux-2-pro, strict, /replicate/v1/models/black-forest-labs/flux-2-pro/predictions"})
    void eachKindRunsEditsAndStreamsOfTheSandboxKey(String kind, String model, String maskMode, String path)
            throws IOException {
        try (KindGateway gateway = gateway(kind)) {
            Edit masked = edit(model).mask(Pictures.transparentPng(96, 64)).with("mask_mode", maskMode).with("n", "2");
            HttpResponse<String> edited = gateway.send(masked);
            assertThat(edited.statusCode()).as(edited.body()).isEqualTo(200);
            assertThat(header(edited, "x-retouch-cost")).as("it is free").isIn("", "0 USD");
            JsonNode data = gateway.parsed(edited).path("data");
            assertThat(data).hasSize(2);
            BufferedImage first = picture(data.path(0).path("b64_json").asText());
            if (maskMode.equals("strict")) {
                assertThat(List.of(first.getWidth(), first.getHeight())).containsExactly(96, 64);
            }
            assertThat(data.path(0)).as("each image is another one").isNotEqualTo(data.path(1));

            HttpResponse<String> streamed = gateway.send(edit(model).with("stream", "true"));
            assertThat(streamed.statusCode()).as(streamed.body()).isEqualTo(200);
            assertThat(streamed.body()).contains("event: image_edit.completed").doesNotContain("event: error");

            assertThat(posts(gateway)).isNotEmpty().allMatch(post -> post.path().startsWith(path));
            assertThat(gateway.sandboxJournal().entries().toString()).doesNotContain("sk-");
            if (!kind.equals("openai")) {
                outcomes(gateway, model);
            }
            if (!model.equals(NATIVE_MODEL)) {
                HttpResponse<String> other = gateway.send(edit(NATIVE_MODEL));
                assertThat(other.statusCode() + " " + gateway.code(other)).as("a model of another kind")
                        .isEqualTo("404 model_not_found");
            }
            if (kind.equals("bfl")) {
                assertThat(gateway.send(new Edit("flux-fill-pro").image(Pictures.png(96, 64))
                        .mask(Pictures.transparentPng(96, 64))).statusCode()).as("a kind's own masks").isEqualTo(200);
            }
        }
    }

    private static List<JournalEntry> posts(KindGateway gateway) {
        return gateway.sandboxJournal().entries().stream().filter(entry -> entry.method().equals("POST")).toList();
    }

    /** The outcomes that a client chooses, in the form of the kind. */
    private static void outcomes(KindGateway gateway, String model) {
        Map.of("moderation_blocked", "400 moderation_blocked", "rate_limited", "429 rate_limit_exceeded",
                "server_error", "502 upstream_failed", "cut", "502 upstream_failed").forEach((outcome, expected) -> {
                    // with links, a response begins when the answer is complete
                    HttpResponse<String> response = gateway.send(edit(model)
                            .with("n", outcome.equals("cut") ? "1" : "2").with("response_format", "url"),
                            "Retouch-Test", outcome);
                    assertThat(response.statusCode() + " " + gateway.code(response))
                            .as(outcome + ": " + response.body()).isEqualTo(expected);
                    assertThat(header(response, "retry-after").isEmpty()).isEqualTo(!outcome.equals("rate_limited"));
                });
        HttpResponse<String> fewer = gateway.send(edit(model).with("n", "2"), "Retouch-Test", "fewer-images");
        assertThat(gateway.parsed(fewer).path("data")).as(fewer.body()).hasSize(1);
        HttpResponse<String> without = gateway.send(edit(model), "Retouch-Test", "no-usage");
        assertThat(without.statusCode()).as(without.body()).isEqualTo(200);
        assertThat(gateway.parsed(without).has("usage")).isFalse();
    }

    private static BufferedImage picture(String base64) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
    }

    @Test
    void unknownKindIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new ConfigurationLoader(Map.of("RETOUCH_SANDBOX_KIND", "bedrock"))
                .load(Optional.empty())).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("RETOUCH_SANDBOX_KIND").hasMessageContaining("bedrock")
                .hasMessageContaining("openai, azure, gemini");
    }

    @Test
    void settingHasTheKindsOfTheMockUpstream() {
        assertThat(SandboxSettings.KINDS).containsExactlyElementsOf(WireFormats.basePaths().keySet());
    }
}
