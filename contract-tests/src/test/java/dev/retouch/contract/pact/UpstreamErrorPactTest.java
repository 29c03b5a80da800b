package dev.retouch.contract.pact;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import au.com.dius.pact.consumer.dsl.HttpResponseBuilder;
import au.com.dius.pact.consumer.dsl.LambdaDsl;
import au.com.dius.pact.consumer.dsl.Matchers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The refusals and failures of an upstream, as the gateway understands them, and the resulting errors for its client.
 */
@TestInstance(Lifecycle.PER_CLASS)
class UpstreamErrorPactTest {

    private static final String INVALID_REQUEST = "invalid_request_error";

    private final ConsumerPact pact = ConsumerPact.ofServer(getClass());
    private final GatewayBeforeUpstream gateway;

    UpstreamErrorPactTest(@TempDir Path folder) {
        Gateways.ownOnly();
        gateway = new GatewayBeforeUpstream(folder);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    /**
     * A failure of the upstream.
     *
     * @param doing the description of the request
     * @param state the upstream's state that causes it; empty if the request causes it
     * @param more a parameter that the client sends in addition
     * @param answer the upstream's status, type, code and param
     * @param told the status and code of the client's error
     */
    private record Fault(String doing, Optional<PactInteraction.Given> state, Map<String, String> more, Envelope answer,
            Told told) {

        static Fault of(String doing, Map<String, String> more, Envelope answer, Told told) {
            return new Fault(doing, Optional.empty(), more, answer, told);
        }

        /** One that the request cannot bring about. */
        static Fault refused(String doing, Envelope answer, Told told) {
            Map<String, Object> parameters = new HashMap<>(Map.of("status", answer.status(), "type", answer.type()));
            answer.code().ifPresent(code -> parameters.put("code", code));
            answer.retryAfter().ifPresent(seconds -> parameters.put("retry_after", seconds));
            return new Fault(doing, Optional.of(new PactInteraction.Given("an edit that is refused", parameters)),
                    Map.of(),
                    answer,
                    told);
        }
    }

    private record Envelope(int status, String type, Optional<String> code, Optional<String> param,
            Optional<Integer> retryAfter) {

        static Envelope of(int status, String type, String code) {
            return new Envelope(status, type, Optional.of(code), Optional.empty(), Optional.empty());
        }

        HttpResponseBuilder write(HttpResponseBuilder written) {
            written.status(status).header("x-request-id", Matchers.regexp(".+", "req_upstream"));
            retryAfter.ifPresent(seconds -> written.header("retry-after", seconds.toString()));
            return written.body(LambdaDsl.newJsonBody(body -> body.object("error", error -> {
                error.stringType("message", "It is refused.").stringValue("type", type);
                param.ifPresent(name -> error.stringValue("param", name));
                code.ifPresent(text -> error.stringValue("code", text));
            })).build());
        }
    }

    private record Told(int status, String code) {}

    private static List<Fault> faults() {
        Told failed = new Told(502, "upstream_failed");
        return List.of(
                Fault.of("an edit with a parameter that it does not know", Map.of("strength", "1"),
                        new Envelope(400, INVALID_REQUEST, Optional.of("unknown_parameter"), Optional.of("strength"),
                                Optional.empty()),
                        new Told(400, "unknown_parameter")),
                Fault.of("an edit with a model that it does not have", Map.of("model", "lost-model"),
                        new Envelope(404, INVALID_REQUEST, Optional.of("model_not_found"), Optional.of("model"),
                                Optional.empty()),
                        new Told(400, "model_not_found")),
                Fault.refused("an edit that its moderation blocks",
                        Envelope.of(400, "image_generation_user_error", "moderation_blocked"),
                        new Told(400, "moderation_blocked")),
                Fault.refused("an edit with a key that it does not know",
                        Envelope.of(401, INVALID_REQUEST, "invalid_api_key"), failed),
                Fault.refused("an edit beyond its rate",
                        new Envelope(429, "rate_limit_error", Optional.of("rate_limit_exceeded"), Optional.empty(),
                                Optional.of(2)),
                        new Told(429, "rate_limit_exceeded")),
                Fault.refused("an edit of an account without money",
                        Envelope.of(429, "insufficient_quota", "insufficient_quota"), failed),
                Fault.refused("an edit in which it fails", Envelope.of(500, "server_error", "server_error"), failed),
                Fault.refused("an edit for which it has no time",
                        Envelope.of(503, "server_error", "server_overloaded"),
                        new Told(503, "upstream_overloaded")),
                Fault.refused("an edit that it does not finish", Envelope.of(504, "server_error", "server_error"),
                        new Told(504, "upstream_timeout")));
    }

    @TestFactory
    Stream<DynamicTest> theGatewayUnderstands() {
        return faults().stream().map(fault -> DynamicTest.dynamicTest(fault.doing(), () -> {
            PactInteraction wish = PactInteraction.of(fault.doing(), Asked.form(Asked.EDITS, atUpstream(fault.more())),
                    fault.answer()::write);
            List<PactInteraction> wishes = List.of(
                    fault.state().map(state -> wish.given(state.state(), state.parameters())).orElse(wish));
            pact.needs(gateway.port(), wishes, _ -> {
                Reply reply = gateway.caller(GatewayBeforeUpstream.FORMS).edit(fromCaller(fault.more()));
                assertThat(reply.error().path("code").asText()).as(reply.beginning()).isEqualTo(fault.told().code());
                assertThat(reply.status()).isEqualTo(fault.told().status());
                assertThat(reply.error().path("param").asText("none"))
                        .isEqualTo(fault.answer().param().orElse("none"));
                fault.answer().retryAfter().ifPresent(
                        seconds -> assertThat(reply.header("retry-after")).contains(seconds.toString()));
            });
        }));
    }

    private static Form fromCaller(Map<String, String> more) {
        Form form = Form.empty().text("prompt", "a red balloon").file("image", "a.png", "image/png", Fixtures.image());
        for (Map.Entry<String, String> field : more.entrySet()) {
            form = form.text(field.getKey(), field.getValue());
        }
        return form;
    }

    /** The same as it leaves. */
    private static Form atUpstream(Map<String, String> more) {
        Form form = Form.empty().text("model", more.containsKey("model") ? "lost-model-1" : "gpt-image-2")
                .text("prompt", "a red balloon");
        if (more.containsKey("strength")) {
            form = form.text("strength", more.get("strength"));
        }
        return form.file("image", "image-1.png", "image/png", Fixtures.image());
    }
}
