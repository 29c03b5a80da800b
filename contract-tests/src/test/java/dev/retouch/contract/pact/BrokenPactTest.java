package dev.retouch.contract.pact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Gateways;

import static org.assertj.core.api.Assertions.assertThat;

/** A pact that the gateway does not keep fails the build, and the failure says what differs. */
class BrokenPactTest {

    private static final Path PACT = Path.of("pacts/storefront-web-retouch-gateway.json");

    /** A mistake in another team's pact: the original text, its replacement, and the expected report. */
    private record Mistake(String as, String instead, String said) {

        /** The pact with this mistake, reduced to the interactions that contain it. */
        ObjectNode pact(JsonNode right, String consumer) {
            ObjectNode pact = right.deepCopy();
            pact.putObject("consumer").put("name", consumer);
            pact.putArray("interactions");
            right.path("interactions").forEach(interaction -> {
                String text = interaction.toString();
                if (text.contains(as)) {
                    pact.withArray("interactions").addPOJO(read(text.replace(as, instead)));
                }
            });
            return pact;
        }
    }

    private static final List<Mistake> MISTAKES = List.of(
            new Mistake("\"object\":\"list\"", "\"object\":\"catalogue\"",
                    "body: $.object Expected 'list' (String) to be equal to 'catalogue' (String)"),
            new Mistake("\"status\":429", "\"status\":402", "status: expected status of 402 but was 429"),
            new Mistake("\"x-should-retry\":\"false\"", "\"x-should-retry\":\"no\"",
                    "header: Expected header 'x-should-retry' to have value 'no' but was 'false'"),
            new Mistake("\"insufficient_quota\",\"message\"", "\"no_money\",\"message\"",
                    "body: $.error.code Expected 'insufficient_quota' (String) to be equal to 'no_money' (String)"),
            new Mistake("\"model\":\"gpt-image-2\"", "\"model\":\"gpt-image-9\"",
                    "status: expected status of 200 but was 404"),
            new Mistake("\"a key with a budget\"", "\"a rich uncle\"",
                    "Did not find a test class method annotated with @State(\"a rich uncle\")"));

    @TempDir
    private Path folder = Path.of(".");

    private static JsonNode read(String json) {
        try {
            return JsonMapper.builder().build().readTree(json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> differencesAreReported() throws IOException {
        Gateways.ownOnly();
        JsonNode right = read(Files.readString(PACT));
        for (int i = 0; i < MISTAKES.size(); i++) {
            Files.writeString(folder.resolve(i + ".json"), MISTAKES.get(i).pact(right, "team-" + i).toString());
        }
        Verification verification = Verification.with(Map.of(PactSettings.FOLDERS, folder.toString()));
        assertThat(verification.kept()).isEmpty();
        assertThat(verification.failures()).hasSize(MISTAKES.size());
        return MISTAKES.stream().map(mistake -> DynamicTest.dynamicTest(mistake.said(),
                () -> assertThat(verification.failures()).filteredOn(
                        failure -> failure.startsWith("team-" + MISTAKES.indexOf(mistake) + " - ")).singleElement()
                        .asString().contains(mistake.said())));
    }

    @Test
    void unknownProviderFails() throws IOException {
        Gateways.ownOnly();
        Files.writeString(folder.resolve("misspelt.json"), Files.readString(PACT).replace("retouch-gateway", "retoch"));
        assertThat(Verification.with(Map.of(PactSettings.FOLDERS, folder.toString())).failures()).singleElement()
                .asString().contains("misspelt.json is for the provider 'retoch'");
    }

    @Test
    void missingPactsFail() {
        Gateways.ownOnly();
        assertThat(Verification.with(Map.of(PactSettings.FOLDERS, folder.toString())).failures()).singleElement()
                .asString().contains("No Pact files were found", ConsumerPact.GATEWAY);
    }
}
