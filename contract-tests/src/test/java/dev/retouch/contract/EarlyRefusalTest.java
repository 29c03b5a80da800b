package dev.retouch.contract;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;

import static org.assertj.core.api.Assertions.assertThat;

/** Who is refused while still sending gets to read why. */
@ExtendWith(Gateways.class)
class EarlyRefusalTest {

    private static final int LARGE = 20 << 20;

    private final Endpoint gateway;

    EarlyRefusalTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    /** Several times, because the reset of a closed connection only sometimes overtakes the answer. */
    @RepeatedTest(10)
    void theAnswerArrivesThoughTheUploadIsUnderWay() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> answer = client.send(HttpRequest.newBuilder(gateway.at(Endpoint.EDITS))
                    .header("Authorization", "Bearer sk-wrong")
                    .header("Content-Type", "multipart/form-data; boundary=x")
                    .POST(BodyPublishers.ofByteArray(new byte[LARGE])).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).contains("invalid_api_key");
        }
    }

    /** What is wrong at its first byte is refused while the rest is still on its way. */
    @RepeatedTest(10)
    void respondsThoughTheBodyIsWrongFromItsStart() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int size : new int[]{100_000, 1 << 20, LARGE}) {
                HttpResponse<String> answer = client.send(HttpRequest.newBuilder(gateway.at(Endpoint.EDITS))
                        .header("Authorization", "Bearer " + gateway.key()).header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(new byte[size])).build(), BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(answer.body()).contains("malformed_body");
            }
        }
    }
}
