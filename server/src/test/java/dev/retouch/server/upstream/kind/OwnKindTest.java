package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/** A new upstream kind and its model, added by files alone. */
@Tag("slow")
class OwnKindTest {

    private static final String KINDS = """
            acme:
              key: {header: x-acme-key, prefix: 'Token '}
              headers: {x-acme-version: '3'}
              takes: {mask: black, size: aspect, inputs: [png], outputs: [png], max-images: 2}
              submit:
                path: /jobs
                fixed: {job: {sort: edit}}
                prompt: /job/text
                images: [/job/pictures/-]
                mask: /job/keep
                aspect: /job/shape
                resolution: /job/detail
                count: /job/copies
                parameters: {user: /job/customer}
              accepted: {id: /job, poll: /where, cost: /bill/total, cost-unit: '0.001'}
              poll: {status: /phase, done: [finished], failed: [broken], every: 10ms}
              result: {images: [/pictures/-/content]}
            """;
    private static final String MODELS = """
            acme-paint:
              like: flux-kontext-pro
              kinds: {acme: paint-1}
              aspect: {ratios: ['1:1', '4:3'], resolutions: {small: 250000, large: 4000000}}
              prices: {per-image: {auto: '0.50'}}
            """;

    @TempDir
    private Path folder = Path.of(".");

    /** A provider that no code of the gateway knows. */
    private static final class AcmeVendor extends PollVendor {

        AcmeVendor() throws IOException {
            super();
        }

        @Override
        Reply answer(Received request) {
            if (!request.header("x-acme-key").equals("Token " + KEY)) {
                return Reply.json(401, "{}");
            }
            if (request.method().equals("GET")) {
                ObjectNode document = JSON.createObjectNode().put("phase", "finished");
                document.putArray("pictures").add(JSON.createObjectNode().put("content", base64(picture(32, 32))))
                        .add(JSON.createObjectNode().put("content", base64(picture(40, 40))));
                document.putObject("bill").put("total", 37);
                return Reply.json(document);
            }
            return Reply.json(202, "{\"job\":\"" + accept(request.json()) + "\",\"where\":\"/state/1\"}");
        }
    }

    @Test
    void fileAddsAKind() throws IOException {
        Path kinds = Files.writeString(folder.resolve("kinds.yaml"), KINDS);
        Path models = Files.writeString(folder.resolve("models.yaml"), MODELS);
        try (AcmeVendor acme = new AcmeVendor();
                KindGateway gateway = new KindGateway(folder,
                        "acme:\n  kind: acme\n  url: %s\n  key-env: VENDOR_KEY\n".formatted(acme.base()),
                        "RETOUCH_UPSTREAM_KINDS_FILE", kinds.toString(), "RETOUCH_MODELS_FILE", models.toString())) {
            HttpResponse<String> response = gateway.send(new Edit("acme-paint").image().image().mask().with("n", "2")
                    .with("size", "800x608").with("user", "u-1"));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(gateway.parsed(response).path("data")).hasSize(2);
            assertThat(new BigDecimal(header(response, "x-retouch-cost").replace(" USD", "")))
                    .isEqualByComparingTo("0.037");
            JsonNode job = acme.submitted().getFirst().path("job");
            assertThat(job.path("sort").asText()).isEqualTo("edit");
            assertThat(job.path("text").asText()).contains("balloon");
            assertThat(job.path("pictures")).hasSize(2);
            assertThat(job.path("pictures").path(0).asText()).startsWith("data:image/png;base64,iVBOR");
            assertThat(job.path("keep").asText()).startsWith("data:image/png;base64,iVBOR");
            assertThat(job.path("shape").asText()).isEqualTo("4:3");
            assertThat(job.path("detail").asText()).isEqualTo("large");
            assertThat(job.path("copies").asInt()).isEqualTo(2);
            assertThat(job.path("customer").asText()).isEqualTo("u-1");
            assertThat(acme.posted().getFirst().header("x-acme-version")).isEqualTo("3");
        }
    }
}
