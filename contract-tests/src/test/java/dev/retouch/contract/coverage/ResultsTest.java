package dev.retouch.contract.coverage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** What other tests have no reason to ask for, and the document says can be had. */
@ExtendWith(Gateways.class)
class ResultsTest {

    private final Endpoint gateway;

    ResultsTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    @ParameterizedTest
    @ValueSource(strings = {"xhigh", "max"})
    void highestQualitiesAreInTheResponse(String quality) {
        Reply reply = gateway.edit(Form.ofInput().text("model", "gpt-image-2.5-flare").text("quality", quality)
                .text("size", "1024x640"));
        assertThat(reply.images()).hasSize(1);
        assertThat(reply.json().path("quality").asText()).isEqualTo(quality);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "webp", "gif", "svg"})
    void aPartOfAFileIsOfTheFilesType(String format) {
        String link = gateway.edit(Form.ofInput().text("output_format", format).text("response_format", "url")
                .text("model", "gpt-image-2.6-flare").text("quality", "low")
                .text("size", format.equals("gif") ? "512x512" : "1024x1024"))
                .json().at("/data/0/url").asText();
        Reply part = Endpoint.send(HttpRequest.newBuilder(URI.create(link)).header("Range", "bytes=0-9").GET());
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).hasSize(10);
        assertThat(part.header("content-type")).contains(format.equals("svg") ? "image/svg+xml" : "image/" + format);
    }

    @Test
    void jsonTakesWhatFormsTake() {
        assertThat(gateway.edit("{\"prompt\":\"p\",\"background\":\"opaque\",\"moderation\":\"low\",\"user\":\"u-1\","
                + "\"images\":[{\"image_url\":\"" + Contract.dataUrl("input.png") + "\"}]}").images()).hasSize(1);
    }

    @Test
    void aQuoteIsNotWaitedForForEver() throws IOException {
        Gateways.ownOnly();
        try (RunningGateway impatient = RunningGateway.start(Map.of("RETOUCH_HTTP_IDLE_TIMEOUT", "300ms"));
                RawConnection client = new RawConnection(impatient.endpoint())) {
            String head = RawConnection.head(impatient.endpoint(), "Content-Type: application/json",
                    "Content-Length: 1000").replace("/v1/images/edits", "/v1/images/edits/quote");
            assertThat(client.send(head).send("{").reply().status()).isEqualTo(408);
        }
    }

    @Test
    void theSandboxKeyStaysOnThisMachine() {
        Gateways.ownOnly();
        try (RunningGateway open = RunningGateway.start(Map.of("RETOUCH_HOST", "0.0.0.0"))) {
            Reply reply = new Endpoint(URI.create("http://127.0.0.1:" + open.baseUrl().getPort()),
                    open.endpoint().key()).get("/v1/models");
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(401);
            assertThat(reply.error().path("message").asText()).startsWith("The sandbox key works only on the machine");
        }
    }
}
