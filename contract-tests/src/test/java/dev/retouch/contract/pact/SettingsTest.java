package dev.retouch.contract.pact;

import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the environment says about brokers and publishing, and what holds where it says nothing. */
class SettingsTest {

    private static PactSettings of(Map<String, String> environment) {
        return new PactSettings(_ -> Optional.empty(), environment);
    }

    @Test
    void usesNoBrokerUnlessConfigured() {
        PactSettings nothing = of(Map.of());
        assertThat(nothing.propertyDefined(PactSettings.BROKER)).isFalse();
        assertThat(nothing.resolveValue(PactSettings.PUBLISH, "false")).isEqualTo("false");
        assertThat(nothing.value(PactSettings.FOLDERS)).contains("target/pacts,pacts");
        assertThat(of(Map.of(PactSettings.BROKER, "")).propertyDefined(PactSettings.BROKER)).isFalse();
    }

    @Test
    void variablesHaveTheNamesOfTheGuide() {
        PactSettings told = of(
                Map.of("PACT_BROKER_BASE_URL", "https://broker.example.com", "PACT_BROKER_TOKEN", "secret",
                        "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS", "true", "PACT_PROVIDER_VERSION", "1.2.3",
                        "PACT_PROVIDER_BRANCH", "release"));
        assertThat(told.value(PactSettings.BROKER)).contains("https://broker.example.com");
        assertThat(told.resolveValue(PactSettings.PUBLISH, "false")).isEqualTo("true");
        assertThat(told.resolveValue(PactSettings.VERSION, "")).isEqualTo("1.2.3");
        assertThat(told.resolveValue(PactSettings.BRANCH + ":")).isEqualTo("release");
        assertThat(told.value(PactSettings.PENDING)).contains("true");
        assertThat(told).asString().doesNotContain("secret");
    }

    @Test
    void propertiesOfTheRunComeFirst() {
        PactSettings both = new PactSettings(name -> Optional.of("of the run").filter(_ -> name.equals(
                PactSettings.VERSION)), Map.of("PACT_PROVIDER_VERSION", "of the environment"));
        assertThat(both.value(PactSettings.VERSION)).contains("of the run");
    }

    @Test
    void versionIsTheCommitOrThatOfTheBuild() {
        PactSettings nothing = new PactSettings(
                name -> Optional.of("0.0.1").filter(_ -> name.equals("retouch.version")), Map.of());
        assertThat(nothing.value(PactSettings.VERSION).orElse("")).matches("[0-9a-f]{40}|0\\.0\\.1");
    }
}
