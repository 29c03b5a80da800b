package dev.retouch.contract.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Answers that no gateway should give are noticed. */
class VerdictTest {

    private static final String REFUSAL = "{\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"malformed_body\"}}";

    private final Verdict verdict = new Verdict(new Contract());

    @Test
    void acceptsDocumentedResponses() {
        assertThatCode(() -> judge(reply(400, REFUSAL))).doesNotThrowAnyException();
        assertThatCode(() -> judge(reply(200, "{\"object\":\"list\",\"data\":[]}"))).doesNotThrowAnyException();
        assertThatCode(() -> judge(reply(503, coded("server_overloaded", "server_error"), "x-should-retry", "true")))
                .doesNotThrowAnyException();
    }

    @Test
    void anythingElseDoesNot() {
        assertNoticed(reply(500, coded("internal_error", "server_error")));
        assertNoticed(reply(502, coded("upstream_failed", "upstream_error")));
        assertNoticed(reply(503, coded("storage_unavailable", "server_error"), "x-should-retry", "true"));
        assertNoticed(reply(422, REFUSAL));
        assertNoticed(reply(400, REFUSAL.replace("malformed_body", "no_such_code")));
        assertNoticed(reply(400, REFUSAL.replace("\"m\"", "\"java.lang.IllegalStateException: m\"")));
        assertNoticed(reply(400, REFUSAL.replace("\"m\"", "\"sk-secret\"")));
        assertNoticed(reply(400, REFUSAL.replace("\"param\":null,", "")));
        assertNoticed(reply(400, REFUSAL, "content-type", "text/html"));
        assertNoticed(reply(400, REFUSAL, "x-request-id", ""));
        assertNoticed(reply(400, REFUSAL, "content-length", "1000"));
        assertNoticed(reply(200, "{\"object\":\"list\"}"));
        assertNoticed(reply(201, "{\"object\":\"list\",\"data\":[]}"));
    }

    private void assertNoticed(Reply reply) {
        assertThatThrownBy(() -> judge(reply)).as(reply.beginning()).isInstanceOf(AssertionError.class);
    }

    private void judge(Reply reply) {
        Case request = new Case(1, 1, "listModels", "GET", "/v1/models", " HTTP/1.1", List.of(), new byte[0],
                Case.Delivery.WHOLE);
        verdict.on(request, request.target(), reply, List.of("sk-secret"));
    }

    private static String coded(String code, String type) {
        return REFUSAL.replace("malformed_body", code).replace("invalid_request_error", type);
    }

    private static Reply reply(int status, String body, String... headers) {
        Map<String, String> all = new TreeMap<>(
                Map.of("content-type", "application/json", "x-request-id", "req_1", "x-should-retry", "false"));
        for (int at = 0; at < headers.length; at += 2) {
            all.put(headers[at], headers[at + 1]);
        }
        return new Reply(status, all, body.getBytes(StandardCharsets.UTF_8));
    }
}
