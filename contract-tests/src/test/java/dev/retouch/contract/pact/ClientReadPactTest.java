package dev.retouch.contract.pact;

import org.junit.jupiter.api.Test;

import dev.retouch.client.RetouchClient;
import dev.retouch.client.api.QuotesApi;
import dev.retouch.client.api.UsageApi;
import dev.retouch.client.model.ImageEditJson;
import dev.retouch.client.model.ImageReference;
import dev.retouch.client.model.Model;
import dev.retouch.client.model.Quote;
import dev.retouch.client.model.UsageReport;
import dev.retouch.contract.harness.Fixtures;

import static dev.retouch.contract.pact.ClientEditPactTest.client;
import static org.assertj.core.api.Assertions.assertThat;

/** What the Java client asks before and after an edit: the models, the price, the usage. */
class ClientReadPactTest {

    private static final String MONEY = "\\d+(\\.\\d+)?";

    private final ConsumerPact pact = ConsumerPact.ofClient(getClass());

    @Test
    void listsModels() {
        pact.needs(PactInteraction.of("a question for the models", Asked.get("/v1/models"), Answered.json(list -> {
            list.stringValue("object", "list");
            list.minArrayLike("data", 1, model -> model.stringType("id", "gpt-image-2")
                    .stringValue("object", "model").integerType("created", 1776729600)
                    .stringType("owned_by", "openai"));
        })), gateway -> {
            try (RetouchClient client = client(gateway)) {
                assertThat(client.models()).extracting(Model::getId).containsExactly("gpt-image-2");
            }
        });
    }

    @Test
    void looksAtOneModel() {
        pact.needs(PactInteraction.of("a question for one model", Asked.get("/v1/models/gpt-image-2"), Answered.json(
                model -> model.stringValue("id", "gpt-image-2").stringValue("object", "model")
                        .integerType("created", 1776729600).stringType("owned_by", "openai"))),
                gateway -> {
                    try (RetouchClient client = client(gateway)) {
                        assertThat(client.model("gpt-image-2").getOwnedBy()).isEqualTo("openai");
                    }
                });
    }

    @Test
    void asksForThePrice() {
        pact.needs(PactInteraction.of("a question for the price of an edit", Asked.json(Asked.QUOTES, edit -> {
            edit.array("images", images -> images
                    .object(reference -> reference.stringValue("image_url", Fixtures.imageUrl())));
            edit.stringValue("model", "gpt-image-2").stringValue("prompt", "a red balloon")
                    .stringValue("quality", "high");
        }), Answered.json(quote -> {
            quote.stringValue("object", "quote").stringType("model", "gpt-image-2")
                    .object("parameters", parameters -> parameters.stringValue("quality", "high"))
                    .stringMatcher("currency", "[A-Z]{3}", "USD").stringType("price_version", "2026-11")
                    .stringMatcher("minimum", MONEY, "0.01").stringMatcher("maximum", MONEY, "0.21")
                    .booleanValue("covered", true);
        })).given("a key with a budget"), gateway -> {
            try (RetouchClient client = client(gateway)) {
                Quote quote = new QuotesApi(client.images().getApiClient()).quoteImageEditWithJson(
                        new ImageEditJson().addImagesItem(new ImageReference().imageUrl(Fixtures.imageUrl()))
                                .model("gpt-image-2").prompt("a red balloon")
                                .quality(dev.retouch.client.model.ImageQuality.HIGH));
                assertThat(quote.getMaximum()).isEqualTo("0.21");
                assertThat(quote.getCovered()).isTrue();
            }
        });
    }

    @Test
    void asksForTheUsage() {
        pact.needs(PactInteraction.of("a question for the usage by model", Asked.get("/v1/usage").andThen(
                request -> request.queryParameter("group_by", "model"))::apply, Answered.json(report -> {
                    report.stringValue("object", "usage");
                    report.stringMatcher("start", "\\d{4}-\\d\\d-\\d\\d", "2026-11-01");
                    report.stringMatcher("end", "\\d{4}-\\d\\d-\\d\\d", "2026-11-30");
                    report.stringMatcher("currency", "[A-Z]{3}", "USD");
                    report.minArrayLike("data", 1, row -> row.stringType("model", "dall-e-2")
                            .integerType("edits", 1).integerType("images", 1).stringMatcher("cost", MONEY, "0.016"));
                    report.object("total", row -> row.integerType("edits", 1).stringMatcher("cost", MONEY, "0.016"));
                })).given("a key that has edited"), gateway -> {
                    try (RetouchClient client = client(gateway)) {
                        UsageReport report = new UsageApi(client.images().getApiClient()).getUsage(null, null,
                                "model", null);
                        assertThat(report.getData()).singleElement()
                                .satisfies(row -> assertThat(row.getModel()).isEqualTo("dall-e-2"));
                        assertThat(report.getTotal().getCost()).isEqualTo("0.016");
                    }
                });
    }
}
