package dev.retouch.contract.conformance;

import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Every case against the gateway itself. Leaves {@code target/conformance/report.html} and {@code report.json}. */
@ExtendWith(Gateways.class)
class OwnGatewayTest {

    @Test
    void everyRowIsGreen(RunningGateway gateway) {
        Ran ran = Ran.at(Path.of("target", "conformance"), gateway.endpoint().key(), "--base-url",
                gateway.baseUrl().toString(), "--paid", "--heavy");

        assertThat(ran.err().lines().filter(line -> line.contains("differs"))).isEmpty();
        assertThat(ran.exitCode()).as(ran.out()).isZero();
        assertThat(ran.waited()).as("nothing limits the sandbox key").isEmpty();
        JsonNode report = ran.json();
        assertThat(report.at("/counts/passed").asInt()).isGreaterThan(200);
        assertThat(report.at("/counts/differs").asInt()).isZero();
        assertThat(ran.ended("not_run")).as("the sandbox needs no additions").allMatch(id -> id.startsWith("gateway/"));
        assertThat(report.path("rows").findValuesAsText("name")).containsExactly("A", "B", "C", "D", "E", "limits",
                "errors", "streaming", "links", "masks", "gateway", "models");
        assertThat(ran.html()).contains("Every case that ran got the answer of a compatible endpoint")
                .doesNotContain(gateway.endpoint().key());
        assertThat(ran.html().length()).as("characters of the page").isLessThan(3_000_000);
        assertThat(ran.jsonText()).doesNotContain(gateway.endpoint().key());
    }
}
