package dev.retouch.contract.idempotency;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;

import org.awaitility.Awaitility;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.MockUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/** A client that sends idempotency keys and submits tasks. */
record Asker(Endpoint gateway) {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** An edit under a key. */
    Reply under(String key, Form form) {
        return send(form, "Idempotency-Key", key);
    }

    /** An edit that becomes a task. */
    Reply later(Form form) {
        return send(form, "Prefer", "respond-async");
    }

    /** An edit with headers, each followed by its value. */
    Reply send(Form form, String... headers) {
        HttpRequest.Builder request = gateway.request(Endpoint.EDITS).header("Content-Type", form.contentType());
        return Endpoint.send((headers.length == 0 ? request : request.headers(headers))
                .POST(BodyPublishers.ofByteArray(form.bytes())));
    }

    /** The current state of a task. */
    Reply task(String id) {
        return gateway.get("/v1/tasks/" + id);
    }

    /** Cancels or removes a task. */
    Reply cancel(String id) {
        return Endpoint.send(gateway.request("/v1/tasks/" + id).DELETE());
    }

    /** The task of a submission, after it has reached this state. */
    Reply taskOnceIn(String state, String id) {
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(50)).untilAsserted(
                () -> assertThat(task(id).json().path("status").asText()).as(task(id).beginning()).isEqualTo(state));
        return task(id);
    }

    /** The id of the task in a response. */
    static String idOf(Reply accepted) {
        assertThat(accepted.status()).as(accepted.beginning()).isEqualTo(202);
        return accepted.json().path("id").asText();
    }

    /** How many edits an upstream was sent. */
    static long edits(MockUpstream upstream) {
        return upstream.journal().entries().stream().filter(entry -> entry.path().equals("/v1/images/edits")).count();
    }

    /** Waits until an upstream has been sent so many. */
    static void awaitEdits(MockUpstream upstream, int count) {
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(10)).until(() -> edits(upstream) >= count);
    }
}
