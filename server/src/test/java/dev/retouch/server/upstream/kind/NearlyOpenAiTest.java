package dev.retouch.server.upstream.kind;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/** Servers that nearly have OpenAI's form, by the settings of their upstreams. */
@Tag("slow")
class NearlyOpenAiTest {

    private static final String MODEL = "gpt-image-2";

    @TempDir
    private Path folder = Path.of(".");
    private LocalServer server;

    /**
     * A local server, from the API pages of vLLM-Omni and SGLang: no key, {@code mask_image}, errors as {@code detail}, null members, no
     * usage, and relative links unless base64 is asked for.
     */
    private static final class LocalServer extends ScriptedVendor {

        LocalServer() throws IOException {
            super();
        }

        @Override
        Reply answer(Received request) {
            if (!request.path().equals("/v1/images/edits")) {
                return Reply.json(404, "{\"detail\":\"Not Found\"}");
            }
            if (!request.header("authorization").isEmpty()) {
                return refusedRequest("there are no keys");
            }
            ObjectNode document = JSON.createObjectNode().put("created", 1_780_000_000);
            ObjectNode image = document.putArray("data").addObject().putNull("revised_prompt");
            if (request.text().contains("b64_json")) {
                image.put("b64_json", base64(picture(64, 64))).putNull("url");
            } else {
                image.put("url", "/v1/images/img-1/content").putNull("b64_json");
            }
            document.putNull("output_format").putNull("size");
            return Reply.json(document);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new LocalServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private KindGateway gateway(String settings) throws IOException {
        return new KindGateway(folder, "local:\n  url: %s/v1\n  streams: false\n%s".formatted(server.base(), settings),
                "RETOUCH_UPSTREAM_MAX_ATTEMPTS", "1");
    }

    @Test
    void maskIsWhiteWhereTheImageMayChange() throws IOException {
        try (KindGateway gateway = gateway("  mask-field: mask_image\n  mask-means: white\n  ask-base64: true\n")) {
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image().mask());

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(new BigDecimal(header(response, "x-retouch-cost").replace(" USD", ""))).isPositive();
            MultipartForm form = MultipartForm.of(server.posted().getFirst());
            assertThat(form.named("mask")).isEmpty();
            BufferedImage mask = ImageIO
                    .read(new ByteArrayInputStream(form.named("mask_image").getFirst().bytes()));
            assertThat(mask.getColorModel().hasAlpha()).isFalse();
            assertThat(mask.getRaster().getSample(5, 5, 0)).as("transparent in the client's mask").isEqualTo(255);
            assertThat(mask.getWidth()).isEqualTo(64);
        }
    }

    @Test
    void maskCanMeanBlack() throws IOException {
        try (KindGateway gateway = gateway("  mask-means: black\n  ask-base64: true\n")) {
            assertThat(gateway.send(new Edit(MODEL).image().mask()).statusCode()).isEqualTo(200);
            BufferedImage mask = ImageIO.read(new ByteArrayInputStream(
                    MultipartForm.of(server.posted().getFirst()).named("mask").getFirst().bytes()));
            assertThat(mask.getRaster().getSample(5, 5, 0)).isZero();
        }
    }

    @Test
    void serverWithoutMasksRefusesThem() throws IOException {
        try (KindGateway gateway = gateway("  mask-means: none\n")) {
            assertThat(gateway.send(new Edit(MODEL).image().mask()).body()).contains("it has no masks");
            assertThat(server.received()).isEmpty();
        }
    }

    @Test
    void imagesHaveTheNameOfTheServer() throws IOException {
        try (KindGateway gateway = gateway("  images-field: image\n  ask-base64: true\n")) {
            assertThat(gateway.send(new Edit(MODEL).image().image()).statusCode()).isEqualTo(200);
            assertThat(MultipartForm.of(server.posted().getFirst()).named("image")).hasSize(2);
        }
    }

    @Test
    void everyEditIsJsonForServersWithoutForms() throws IOException {
        try (KindGateway gateway = gateway("  json-only: true\n  ask-base64: true\n")) {
            assertThat(gateway.send(new Edit(MODEL).image()).statusCode()).isEqualTo(200);
            assertThat(server.posted().getFirst().json().at("/images/0/image_url").asText())
                    .startsWith("data:image/png;base64,");
        }
    }

    @Test
    void detailIsARefusalInWords() throws IOException {
        try (KindGateway gateway = gateway("")) {
            server.next(ScriptedVendor.Reply.json(422, "{\"detail\":\"size must be a multiple of 16\"}"));
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image());
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("size must be a multiple of 16");
        }
    }
}
