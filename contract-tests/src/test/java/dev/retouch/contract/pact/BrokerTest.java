package dev.retouch.contract.pact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Gateways;

import static org.assertj.core.api.Assertions.assertThat;

/** Pacts are read from the broker that the environment names, and results are published only if configured. */
class BrokerTest {

    private static final String PRINT_SHOP = "pacts/print-shop-retouch-gateway.json";

    /** Without pact files, so that the broker's pact is all there is. */
    @TempDir
    private Path folder = Path.of(".");

    private Verification verified(FakeBroker broker, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(PactSettings.FOLDERS, folder.toString(),
                PactSettings.BROKER,
                broker.url(), PactSettings.TOKEN, FakeBroker.TOKEN, PactSettings.BRANCH, "main", PactSettings.VERSION,
                "4711ab"));
        settings.putAll(more);
        return Verification.with(settings);
    }

    /** Of another team, without what takes a state for granted. */
    private static ObjectNode pact() throws IOException {
        Gateways.ownOnly();
        ObjectNode pact = (ObjectNode) JsonMapper.builder().build().readTree(Files.readString(Path.of(PRINT_SHOP)));
        pact.withArray("interactions").remove(0);
        return pact;
    }

    @Test
    void itsPactsAreVerifiedAndNothingIsPublished() throws IOException {
        try (FakeBroker broker = new FakeBroker(pact())) {
            Verification verification = verified(broker, Map.of());
            assertThat(verification.failures()).isEmpty();
            assertThat(verification.kept()).hasSize(1)
                    .allMatch(name -> name.startsWith("the newest pact of the main branch - "));
            assertThat(broker.questions()).singleElement().satisfies(asked -> {
                assertThat(asked.body().path("consumerVersionSelectors").toString())
                        .isEqualTo("[{\"mainBranch\":true},{\"deployedOrReleased\":true}]");
                assertThat(asked.body().path("providerVersionBranch").asText()).isEqualTo("main");
                assertThat(asked.body().path("includePendingStatus").asBoolean()).isTrue();
            });
            assertThat(broker.results()).isEmpty();
            assertThat(broker.branches()).isEmpty();
        }
    }

    @Test
    void resultsArePublishedWhenAskedFor() throws IOException {
        try (FakeBroker broker = new FakeBroker(pact())) {
            assertThat(verified(broker, Map.of(PactSettings.PUBLISH, "true")).failures()).isEmpty();
            assertThat(broker.results()).singleElement().satisfies(published -> {
                assertThat(published.body().path("success").asBoolean()).isTrue();
                assertThat(published.body().path("providerApplicationVersion").asText()).isEqualTo("4711ab");
                assertThat(published.key()).isEqualTo("Bearer " + FakeBroker.TOKEN);
            });
            assertThat(broker.branches()).singleElement().asString().endsWith("/branches/main/versions/4711ab");
        }
    }

    @Test
    void aFailureIsPublishedAsOne() throws IOException {
        ObjectNode broken = pact();
        broken.withObject("/interactions/0/response").put("status", 203);
        try (FakeBroker broker = new FakeBroker(broken)) {
            assertThat(verified(broker, Map.of(PactSettings.PUBLISH, "true")).failures()).singleElement().asString()
                    .contains("expected status of 203 but was 200");
            JsonNode result = broker.results().getFirst().body();
            assertThat(result.path("success").asBoolean()).isFalse();
            assertThat(result.toString()).contains("expected status of 203 but was 200");
        }
    }

    @Test
    void aBrokerThatRefusesIsAFailure() throws IOException {
        try (FakeBroker broker = new FakeBroker(pact())) {
            assertThat(verified(broker, Map.of(PactSettings.TOKEN, "another")).failures()).singleElement().asString()
                    .contains("The broker " + broker.url() + " did not give its pacts", "401");
        }
    }
}
