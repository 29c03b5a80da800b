package dev.retouch.contract.dialect;

import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import dev.retouch.contract.dialect.Trials.Edited;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Nothing disappears silently: what the contract does not know, and what a model does not take, is refused or named. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnknownParametersTest {

    private static final String DROPPED = "x-retouch-dropped-parameters";

    private final RunningGateway refusing;
    private final RunningGateway ignoring;
    private final RunningGateway forwarding;

    UnknownParametersTest() {
        Gateways.ownOnly();
        refusing = RunningGateway.start();
        ignoring = RunningGateway.start(Map.of("RETOUCH_EDITS_UNKNOWN_PARAMETERS", "ignore"));
        forwarding = RunningGateway.start(Map.of("RETOUCH_EDITS_UNKNOWN_PARAMETERS", "forward"));
    }

    @AfterAll
    void stop() {
        refusing.close();
        ignoring.close();
        forwarding.close();
    }

    private static Form form() {
        return Trials.image(Pictures.opaque()).text("prompt", "p").text("size", "1024x640").text("seed", "42")
                .text("style", "vivid");
    }

    private static ObjectNode json() {
        return Trials.json().put("prompt", "p").put("size", "1024x640")
                .put("image", Pictures.dataUrl("image/png", Pictures.opaque())).put("seed", 42).put("style", "vivid");
    }

    @Test
    void refusedByName() {
        Trials trials = new Trials(refusing);
        trials.refused(form(), "unknown_parameter", "seed", "Unknown parameter: 'seed'.");
        trials.refused(json(), "unknown_parameter", "seed", "Unknown parameter: 'seed'.");
    }

    @Test
    void ignoredAndNamed() {
        Trials trials = new Trials(ignoring);
        for (Edited edited : new Edited[]{trials.edited(form().text("input_fidelity", "high")),
                trials.edited(json().put("input_fidelity", "high"))}) {
            assertThat(edited.reply().header(DROPPED).orElse("").split(", "))
                    .containsExactlyInAnyOrder("seed", "style", "input_fidelity");
            assertThat(edited.sent("seed")).isEmpty();
            assertThat(edited.sent("style")).isEmpty();
            assertThat(edited.sent("input_fidelity")).isEmpty();
        }
    }

    /** The sandbox refuses unknown parameters, so its refusal and its journal show which parameters reached it. */
    @Test
    void forwardedAsTheyAre() {
        assertThat(forwarding.endpoint().edit(form()).status()).isEqualTo(400);
        assertThat(forwarding.lastSeenUpstream().field("seed")).contains("42");
        assertThat(forwarding.lastSeenUpstream().field("style")).contains("vivid");
        assertThat(forwarding.endpoint().edit(json().toString()).error().path("message").asText()).contains("seed");
        assertThat(forwarding.lastSeenUpstream().field("seed")).contains("42");
        assertThat(forwarding.lastSeenUpstream().field("style")).contains("vivid");
    }

    /** What has parts inside goes on as the JSON that it is. */
    @Test
    void forwardedWhole() {
        ObjectNode json = json();
        json.putObject("watermark").put("text", "©").putArray("at").add(1).add(2);
        forwarding.endpoint().edit(json.toString());
        assertThat(forwarding.lastSeenUpstream().field("watermark")).contains("{\"text\":\"©\",\"at\":[1,2]}");
    }

    @Test
    void hasNoHeaderIfNothingWasDropped() {
        Edited edited = new Trials(refusing).edited(Trials.image(Pictures.opaque()).text("prompt", "p")
                .text("model", "gpt-image-1").text("input_fidelity", "low"));
        assertThat(edited.reply().header(DROPPED)).isEmpty();
        assertThat(edited.sent("input_fidelity")).contains("low");
    }

    @Test
    void dropsAndNamesFidelityInEveryFormat() {
        Trials trials = new Trials(refusing);
        Edited json = trials.edited(Trials.json().put("prompt", "p").put("size", "1024x640")
                .put("image", Pictures.dataUrl("image/png", Pictures.opaque())).put("input_fidelity", "high"));
        assertThat(json.reply().header(DROPPED)).contains("input_fidelity");
        assertThat(json.sent("input_fidelity")).isEmpty();
    }
}
