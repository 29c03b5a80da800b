package dev.retouch.contract.pact;

import au.com.dius.pact.consumer.MockServer;
import au.com.dius.pact.consumer.dsl.LambdaDsl;
import au.com.dius.pact.consumer.dsl.Matchers;
import au.com.dius.pact.consumer.dsl.PactBuilder;
import au.com.dius.pact.consumer.junit5.PactConsumerTest;
import au.com.dius.pact.consumer.junit5.PactTestFor;
import au.com.dius.pact.core.model.PactSpecVersion;
import au.com.dius.pact.core.model.V4Pact;
import au.com.dius.pact.core.model.annotations.Pact;
import org.junit.jupiter.api.Test;

import dev.retouch.client.ImageEdit;
import dev.retouch.client.RetouchClient;
import dev.retouch.client.RetouchException;
import dev.retouch.client.model.ErrorCode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The example that the guide shows, line by line. */
@PactConsumerTest
@PactTestFor(providerName = "retouch-gateway", pactVersion = PactSpecVersion.V4)
class ExamplePactTest {

    private static final String PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4"
            + "z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    @Pact(consumer = "example-team")
    V4Pact budgetIsUsedUp(PactBuilder pact) {
        return pact.given("a key whose budget is used up")
                .expectsToReceiveHttpInteraction("an edit that nobody pays", http -> http
                        .withRequest(request -> request.method("POST").path("/v1/images/edits")
                                .header("Authorization", Matchers.regexp("Bearer .+", "Bearer sk-example"))
                                .body(LambdaDsl.newJsonBody(edit -> edit.stringType("prompt", "a red balloon")
                                        .minArrayLike("images", 1, image -> image.stringType("image_url", PIXEL)))
                                        .build()))
                        .willRespondWith(response -> response.status(429).header("x-should-retry", "false")
                                .body(LambdaDsl.newJsonBody(body -> body.object("error",
                                        error -> error.stringValue("code", "insufficient_quota"))).build())))
                .toPact();
    }

    @Test
    @PactTestFor(pactMethod = "budgetIsUsedUp")
    void knowsThatTheBudgetIsUsedUp(MockServer gateway) {
        try (RetouchClient client = RetouchClient.at(gateway.getUrl()).withKey("sk-example")) {
            assertThatExceptionOfType(RetouchException.class)
                    .isThrownBy(() -> client.edit(ImageEdit.ofUrls(PIXEL).prompt("a red balloon")))
                    .satisfies(failure -> assertThat(failure.code()).contains(ErrorCode.INSUFFICIENT_QUOTA));
        }
    }
}
