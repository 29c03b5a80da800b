package dev.retouch.contract;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Images that JSON names by URL are fetched, from where that is allowed and from nowhere else. */
@TestInstance(Lifecycle.PER_CLASS)
class FetchTest {

    private final RunningGateway host;
    private final RunningGateway gateway;

    FetchTest() {
        Gateways.ownOnly();
        host = RunningGateway.start(); // its example pictures are as good as any
        gateway = RunningGateway.start(Map.of("RETOUCH_FETCH_UNGUARDED_HOSTS", "127.0.0.1", "RETOUCH_FETCH_PORTS",
                Integer.toString(host.endpoint().baseUrl().getPort())));
    }

    @AfterAll
    void stop() {
        gateway.close();
        host.close();
    }

    /** The JSON example of dialect A, with its host replaced. */
    @Test
    void dialectAJsonWithAnHttpUrl() {
        Reply reply = gateway.endpoint().edit("""
                {
                    "model": "gpt-image-2",
                    "prompt": "replace the background with a bright studio",
                    "images": [
                      { "image_url": "%s" }
                    ],
                    "size": "1024x1024"
                  }""".formatted(host.endpoint().at("/examples/input.png")));
        assertThat(Picture.of(reply.image()).width()).isEqualTo(1024);
        new Contract().assertValid("ImagesResponse", reply.text());
    }

    @Test
    void urlsDataUrlsAndMasksMixInOrder() {
        Reply reply = gateway.endpoint().edit("""
                {"prompt":"p","images":[{"image_url":"%s"},{"image_url":"%s"}],"mask":{"image_url":"%s"}}"""
                .formatted(host.endpoint().at("/examples/input.png"), Contract.dataUrl("second.jpg"),
                        host.endpoint().at("/examples/mask.png")));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        assertThat(gateway.lastSeenUpstream().parts("image[]")).extracting(part -> part.size())
                .isEqualTo(List.of((long) Contract.example("input.png").length,
                        (long) Contract.example("second.jpg").length));
        assertThat(gateway.lastSeenUpstream().parts("mask")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/examples/nothing.png", "/openapi.yaml"})
    void refusesNonImages(String path) {
        ResourceSnapshot before = ResourceSnapshot.of(gateway);
        Reply reply = gateway.endpoint().edit("{\"prompt\":\"p\",\"image\":[\"" + host.endpoint().at(path) + "\"]}");
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("code").asText()).isEqualTo("failed_to_download_image");
        assertThat(reply.error().path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(reply.error().path("param").asText()).isEqualTo("image[0]");
        before.assertNothingMore();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:%d/examples/input.png", "http://localhost:%d/examples/input.png",
            "http://[::ffff:127.0.0.1]:%d/examples/input.png", "http://2130706433:%d/examples/input.png"})
    void fetchesFromInternalHostsOnlyIfConfigured(String url) {
        int port = host.endpoint().baseUrl().getPort();
        try (RunningGateway guarded = RunningGateway.start(Map.of("RETOUCH_FETCH_PORTS", Integer.toString(port)))) {
            Reply reply = guarded.endpoint().edit(
                    "{\"prompt\":\"p\",\"images\":[{\"image_url\":\"" + url.formatted(port) + "\"}]}");
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
            assertThat(reply.error().path("code").asText()).isEqualTo("invalid_image_url");
            assertThat(reply.error().path("param").asText()).isEqualTo("images[0]");
        }
    }
}
