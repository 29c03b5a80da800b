package dev.retouch.contract.dialect;

import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.retouch.contract.dialect.Trials.Edited;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Nothing disappears silently: what the contract does not know, and what a model does not take, is refused or named. */
class UnknownParametersTest {

    private static final String DROPPED = "x-retouch-dropped-parameters";

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    private static Form form() {
        return Trials.image(Pictures.opaque()).text("prompt", "p").text("size", "1024x640").text("seed", "42")
                .text("style", "vivid");
    }

    private static ObjectNode json() {
        return Trials.json().put("prompt", "p").put("size", "1024x640")
                .put("image", Pictures.dataUrl("image/png", Pictures.opaque())).put("seed", 42).put("style", "vivid");
    }

    private static RunningGateway gateway(String unknownParameters) {
        return RunningGateway.start(Map.of("RETOUCH_EDITS_UNKNOWN_PARAMETERS", unknownParameters));
    }

    @Test
    void refusedByName() {
        try (RunningGateway gateway = gateway("refuse")) {
            Trials trials = new Trials(gateway);
            trials.refused(form(), "unknown_parameter", "seed", "Unknown parameter: 'seed'.");
            trials.refused(json(), "unknown_parameter", "seed", "Unknown parameter: 'seed'.");
        }
    }

    @Test
    void ignoredAndNamed() {
        try (RunningGateway gateway = gateway("ignore")) {
            Trials trials = new Trials(gateway);
            for (Edited edited : new Edited[]{trials.edited(form().text("input_fidelity", "high")),
                    trials.edited(json().put("input_fidelity", "high"))}) {
                assertThat(edited.reply().header(DROPPED).orElse("").split(", "))
                        .containsExactlyInAnyOrder("seed", "style", "input_fidelity");
                assertThat(edited.sent("seed")).isEmpty();
                assertThat(edited.sent("style")).isEmpty();
                assertThat(edited.sent("input_fidelity")).isEmpty();
            }
        }
    }

    /** The sandbox refuses what it does not know, so that what reached it is told by its refusal and by its journal. */
    @Test
    void forwardedAsTheyAre() {
        try (RunningGateway gateway = gateway("forward")) {
            assertThat(gateway.endpoint().edit(form()).status()).isEqualTo(400);
            assertThat(gateway.lastSeenUpstream().field("seed")).contains("42");
            assertThat(gateway.lastSeenUpstream().field("style")).contains("vivid");
            assertThat(gateway.endpoint().edit(json().toString()).error().path("message").asText()).contains("seed");
            assertThat(gateway.lastSeenUpstream().field("seed")).contains("42");
            assertThat(gateway.lastSeenUpstream().field("style")).contains("vivid");
        }
    }

    /** What has parts inside goes on as the JSON that it is. */
    @Test
    void forwardedWhole() {
        try (RunningGateway gateway = gateway("forward")) {
            ObjectNode json = json();
            json.putObject("watermark").put("text", "©").putArray("at").add(1).add(2);
            gateway.endpoint().edit(json.toString());
            assertThat(gateway.lastSeenUpstream().field("watermark")).contains("{\"text\":\"©\",\"at\":[1,2]}");
        }
    }

    @Test
    void nothingIsNamedWhereNothingWasDropped() {
        try (RunningGateway gateway = RunningGateway.start()) {
            Edited edited = new Trials(gateway).edited(Trials.image(Pictures.opaque()).text("prompt", "p")
                    .text("model", "gpt-image-1").text("input_fidelity", "low"));
            assertThat(edited.reply().header(DROPPED)).isEmpty();
            assertThat(edited.sent("input_fidelity")).contains("low");
        }
    }

    @Test
    void fidelityIsDroppedAndNamedWhateverFormItComesIn() {
        try (RunningGateway gateway = RunningGateway.start()) {
            Trials trials = new Trials(gateway);
            Edited json = trials.edited(Trials.json().put("prompt", "p").put("size", "1024x640")
                    .put("image", Pictures.dataUrl("image/png", Pictures.opaque())).put("input_fidelity", "high"));
            assertThat(json.reply().header(DROPPED)).contains("input_fidelity");
            assertThat(json.sent("input_fidelity")).isEmpty();
        }
    }
}
