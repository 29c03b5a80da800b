package dev.retouch.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Events.Event;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Scenario.Status;

import static org.assertj.core.api.Assertions.assertThat;

/** Responses that begin before the upstream has answered, so that nothing between takes the silence for the end. */
@TestInstance(Lifecycle.PER_CLASS)
class KeepAliveTest {

    private static final Form STREAM = Form.ofInput().text("size", "1024x1024").text("stream", "true");
    private static final Scenario LATE = Scenario.delay(Duration.ofMillis(1500));
    private static final Scenario FAILS = new Status(404, Optional.of("<html></html>"), "text/html", Map.of());

    private static final Scenario MAY_HAVE_RUN = new Status(500, Optional.of("<html></html>"), "text/html", Map.of());
    private static final String UNDECIDED = "state IN ('held', 'undecided')";

    private final RunningGateway gateway;
    private final Admin admin;
    private final Endpoint caller;

    KeepAliveTest() {
        Gateways.ownOnly();
        gateway = RunningGateway
                .start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_STREAMING_KEEP_ALIVE", "200ms",
                        "RETOUCH_STREAMING_JSON_KEEP_ALIVE", "200ms", "RETOUCH_EDITS_CLIENT_DISCONNECT", "drain"));
        admin = Admin.of(gateway);
        caller = admin.group("patient", "\"budget\":\"10\"").key("patient", "");
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @BeforeEach
    void noScenario() {
        gateway.sandbox().scenarios().clear();
    }

    private String budget(String field) {
        return admin.get("groups/patient").json().at("/budget/" + field).asText();
    }

    private static RawConnection sent(Endpoint to, Form form) throws IOException {
        byte[] body = form.bytes();
        return new RawConnection(to).send(RawConnection.head(to, "Content-Type: " + form.contentType(),
                "Content-Length: " + body.length)).send(body);
    }

    @Test
    void streamBeginsWithCommentsBeforeItsEvents() throws IOException {
        gateway.sandbox().scenarios().next(LATE);
        try (RawConnection connection = sent(caller, STREAM.text("partial_images", "1"))) {
            Reply stream = connection.reply();
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.text()).startsWith(": keep-alive\n\n").contains("event: image_edit.partial_image\n")
                    .containsOnlyOnce("event: image_edit.completed\n").doesNotContain("event: error");
            assertThat(connection.trailers().get("x-retouch-cost")).endsWith(" USD").isNotEqualTo("0 USD");
        }
    }

    @Test
    void failureOfABegunStreamIsAnErrorEvent() throws IOException {
        String spent = budget("spent");
        gateway.sandbox().scenarios().next(LATE, FAILS);
        try (Events events = Events.of(caller, STREAM)) {
            List<Event> all = events.all();
            assertThat(all).extracting(Event::name).containsExactly("error");
            assertThat(all.getFirst().json().at("/error/code").asText()).isEqualTo("upstream_failed");
        }
        assertThat(budget("spent")).isEqualTo(spent);
        assertThat(budget("held")).isEqualTo("0");
    }

    /** Status 500 does not show that nothing ran, so the hold stays until an administrator decides. */
    @Test
    void failureOfABegunStreamThatMayHaveRunLeavesTheChargeUndecided() throws IOException {
        Endpoint other = admin.group("undecided", "\"budget\":\"10\"").key("undecided", "");
        gateway.sandbox().scenarios().next(LATE, MAY_HAVE_RUN);
        try (Events events = Events.of(other, STREAM); LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            List<Event> all = events.all();
            assertThat(all).extracting(Event::name).containsExactly("error");
            assertThat(all.getFirst().json().at("/error/code").asText()).isEqualTo("upstream_failed");
            Awaitility.await().untilAsserted(() -> assertThat(books.edits(UNDECIDED)).isEqualTo(1));
            books.assertSound();
        }
        assertThat(admin.get("groups/undecided").json().at("/budget/held").asText()).isNotEqualTo("0");
    }

    @Test
    void aDocumentBeginsWithWhiteSpace() throws IOException {
        gateway.sandbox().scenarios().next(LATE);
        try (RawConnection connection = sent(caller, CheapEdit.form())) {
            Reply reply = connection.reply();
            assertThat(reply.text()).startsWith("  ");
            assertThat(reply.images()).hasSize(1);
            assertThat(connection.trailers()).containsEntry("x-retouch-cost", CheapEdit.PRICE + " USD");
        }
    }

    @Test
    void aFailureOfABegunDocumentIsItsEnvelope() throws IOException {
        gateway.sandbox().scenarios().next(LATE, FAILS);
        try (RawConnection connection = sent(caller, CheapEdit.form())) {
            Reply reply = connection.reply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.error().path("code").asText()).isEqualTo("upstream_failed");
        }
        assertThat(budget("held")).isEqualTo("0");
    }

    @Test
    void fastResponseKeepsItsStatus() {
        gateway.sandbox().scenarios().next(FAILS);
        Reply reply = caller.edit(STREAM);
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error().path("code").asText()).isEqualTo("upstream_failed");
    }

    /** The image is discarded, but its cost is known and charged. */
    @Test
    void drainsEditAfterDisconnectIfConfigured() throws IOException {
        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            int undecided = books.edits(UNDECIDED);
            for (Form form : List.of(CheapEdit.form(), STREAM)) {
                int before = books.edits("state = 'settled'");
                gateway.sandbox().journal().clear();
                gateway.sandbox().scenarios().next(LATE);
                RawConnection connection = sent(caller, form);
                Awaitility.await().until(() -> gateway.sandbox().journal().inFlight() == 1);
                connection.reset();
                Awaitility.await().untilAsserted(() -> {
                    assertThat(books.edits("state = 'settled'")).isEqualTo(before + 1);
                    assertThat(gateway.lastSeenUpstream().outcome()).isEqualTo(Outcome.ANSWERED);
                });
            }
            assertThat(books.edits(UNDECIDED)).isEqualTo(undecided);
            books.assertSound();
        }
    }

    /** What it cost is known only after it. */
    @Test
    void longResponseHasItsCostInTrailers() throws IOException {
        try (RawConnection connection = sent(caller, Form.ofInput().text("size", "1024x1024"))) {
            Reply reply = connection.reply();
            assertThat(reply.header("trailer")).contains("x-retouch-cost, x-retouch-warning, x-retouch-mask");
            assertThat(reply.header("content-length")).isEmpty();
            assertThat(reply.images()).hasSize(1);
            assertThat(connection.trailers().get("x-retouch-cost")).endsWith(" USD");
            assertThat(reply.body().length).as("too long to be waited for").isGreaterThan(64 << 10);
        }
    }
}
