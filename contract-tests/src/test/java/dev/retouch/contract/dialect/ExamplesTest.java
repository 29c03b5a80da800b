package dev.retouch.contract.dialect;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** The document's examples of each dialect work as written, also on a deployed gateway. */
@ExtendWith(Gateways.class)
class ExamplesTest {

    private final Contract contract = new Contract();
    private final Endpoint gateway;

    ExamplesTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    @TestFactory
    Stream<DynamicTest> everyFormOfTheDocumentIsAnEdit() {
        return contract.examples("Form").entrySet().stream()
                .map(example -> DynamicTest.dynamicTest(example.getKey(),
                        () -> assertEdited(gateway.edit(Contract.form(example.getValue())))));
    }

    @TestFactory
    Stream<DynamicTest> everyJsonOfTheDocumentIsAnEdit() {
        return contract.examples("Json").entrySet().stream().map(example -> DynamicTest
                .dynamicTest(example.getKey(), () -> assertEdited(gateway.edit(example.getValue().toString()))));
    }

    @Test
    void theDocumentHasAnExampleOfEachDialect() {
        assertThat(contract.examples("Form").keySet()).contains("DialectAForm", "DialectBForm", "DialectCForm",
                "DialectDForm");
        assertThat(contract.examples("Json").keySet()).contains("DialectAJson", "DialectEJson");
    }

    /** The document's other examples are answers and errors; they must fit the schemas as well. */
    @Test
    void theExampleAnswersFitTheirSchemas() {
        Map<String, JsonNode> examples = contract.examples("");
        contract.assertValid("ImagesResponse", String.valueOf(examples.get("EditedLinks")));
        contract.assertValid("ImagesResponse", String.valueOf(examples.get("EditedBase64")));
        contract.assertValid("ImageEditStreamEvent", String.valueOf(examples.get("PartialImageEvent")));
        contract.assertValid("ImageEditStreamEvent", String.valueOf(examples.get("CompletedEvent")));
    }

    private void assertEdited(Reply reply) {
        boolean vector = reply.json().path("output_format").asText().equals("svg");
        assertThat(reply.images()).as(reply.beginning()).isNotEmpty().allSatisfy(image -> {
            if (vector) {
                assertThat(new String(image, StandardCharsets.UTF_8)).startsWith("<svg ").contains("</svg>");
            } else {
                assertThat(Picture.of(image).width()).isPositive();
            }
        });
        contract.assertValid("ImagesResponse", reply.text());
    }
}
