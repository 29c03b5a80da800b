package dev.retouch.contract.streaming;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Connections;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Events.Event;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioNames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every scripted scenario of the upstream, and its effect on an edit: the client's response, its cost, and that nothing
 * is left behind. No slot, file or connection may stay, and no hold unless the outcome is unknown.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ScenarioTest {

    private static final String BUDGET = "5";
    /** An upstream that is silent for longer is given up. */
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    /** One for edits and one for moderation: these edits come one after another. */
    private static final int KEPT_CONNECTIONS = 2;
    private static final String PARTIAL = "image_edit.partial_image";
    private static final String COMPLETED = "image_edit.completed";

    private static final Form EDIT = Form.empty().text("prompt", "a red balloon").text("size", "1024x640")
            .text("quality", "low").file("image", "image.png", "image/png", Fixtures.image());

    private final Contract contract = new Contract();
    private final Set<String> tried = new HashSet<>();
    private final RunningGateway gateway;
    private final Admin admin;
    private int keys;

    ScenarioTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_UPSTREAM_IDLE_TIMEOUT",
                TIMEOUT.toMillis() + "ms", "RETOUCH_UPSTREAM_FIRST_BYTE_TIMEOUT", TIMEOUT.toMillis() + "ms"));
        admin = Admin.of(gateway).group("scenarios", "");
    }

    @BeforeAll
    void warmUp() {
        assertThat(gateway.endpoint().edit(EDIT).status()).isEqualTo(200);
    }

    @AfterEach
    void noScenario() {
        gateway.sandbox().scenarios().clear();
    }

    @AfterAll
    void stop() {
        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            books.assertSound();
            assertThat(books.edits("state = 'held'")).isZero();
        }
        gateway.close();
        Set<String> expected = new TreeSet<>(ScenarioNames.all());
        expected.remove("flag"); // of moderation, which ModerationTest is about
        assertThat(tried).as("scenarios of the mock upstream that were tried").containsAll(expected);
    }

    /** What was asked for, how the caller gets it, and how it ended. */
    private record Trial(String form, int n, int status, Optional<String> code, Optional<String> message,
            Optional<String> retryAfter, String end, int images) {

        Form edit() {
            return asking(n);
        }

        /** The images that are charged: one for partial images of a stream that broke off. */
        int charged() {
            return end.equals("partial") ? 1 : images;
        }

        /** The same edit for another number of images. */
        Form asking(int count) {
            Form edit = EDIT.text("n", Integer.toString(count));
            return switch (form) {
                case "links" -> edit.text("response_format", "url");
                case "events" -> edit.text("stream", "true").text("partial_images", "2");
                default -> edit;
            };
        }
    }

    /**
     * A code beside the status 200 is that of an event, or of a document that broke off when its head had gone out. A message
     * without spaces is the contract's of that name.
     */
    @ParameterizedTest(name = "{0} ({1}, n={2})")
    @CsvSource(delimiter = '|', textBlock = """
            delay; ms=200                  | document | 1 | 200 |                     |                                       |    | settled   | 1
            delay; ms=200                  | links    | 1 | 200 |                     |                                       |    | settled   | 1
            delay; ms=200; between=100     | events   | 1 | 200 |                     |                                       |    | settled   | 1
            delay; ms=20000                | document | 1 | 504 | upstream_timeout    | UPSTREAM_TIMED_OUT                    |    | undecided | 0
            delay; ms=20000                | events   | 1 | 504 | upstream_timeout    | UPSTREAM_TIMED_OUT                    |    | undecided | 0
            delay; ms=0; between=20000     | events   | 1 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | partial   | 0
            status; code=400               | document | 1 | 400 |                     | This answer was scripted: status 400. |    | released  | 0
            status; code=400               | links    | 1 | 400 |                     | This answer was scripted: status 400. |    | released  | 0
            status; code=400               | events   | 1 | 400 |                     | This answer was scripted: status 400. |    | released  | 0
            status; code=401               | document | 1 | 502 | upstream_failed     | UPSTREAM_REFUSED_CREDENTIALS          |    | released  | 0
            status; code=401               | events   | 1 | 502 | upstream_failed     | UPSTREAM_REFUSED_CREDENTIALS          |    | released  | 0
            status; code=403               | document | 1 | 502 | upstream_failed     | UPSTREAM_REFUSED_CREDENTIALS          |    | released  | 0
            status; code=403               | events   | 1 | 502 | upstream_failed     | UPSTREAM_REFUSED_CREDENTIALS          |    | released  | 0
            status; code=429               | document | 1 | 429 | rate_limit_exceeded | UPSTREAM_LIMITS_RATE                  | 1  | released  | 0
            status; code=429               | events   | 1 | 429 | rate_limit_exceeded | UPSTREAM_LIMITS_RATE                  | 1  | released  | 0
            rate-limit; retry-after=7      | document | 1 | 429 | rate_limit_exceeded | UPSTREAM_LIMITS_RATE                  | 7  | released  | 0
            rate-limit; retry-after=7      | events   | 1 | 429 | rate_limit_exceeded | UPSTREAM_LIMITS_RATE                  | 7  | released  | 0
            status; code=500               | document | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            status; code=500               | links    | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            status; code=500               | events   | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            status; code=502               | document | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            status; code=502               | events   | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            status; code=503               | document | 1 | 503 | upstream_overloaded | UPSTREAM_IS_OVERLOADED                | 5  | released  | 0
            status; code=503               | events   | 1 | 503 | upstream_overloaded | UPSTREAM_IS_OVERLOADED                | 5  | released  | 0
            status; code=529               | document | 1 | 503 | upstream_overloaded | UPSTREAM_IS_OVERLOADED                | 5  | released  | 0
            status; code=529               | events   | 1 | 503 | upstream_overloaded | UPSTREAM_IS_OVERLOADED                | 5  | released  | 0
            status; code=529; retry-after=9 | links   | 1 | 503 | upstream_overloaded | UPSTREAM_IS_OVERLOADED                | 9  | released  | 0
            status; code=504               | document | 1 | 504 | upstream_timeout    | UPSTREAM_TIMED_OUT                    |    | undecided | 0
            status; code=504               | events   | 1 | 504 | upstream_timeout    | UPSTREAM_TIMED_OUT                    |    | undecided | 0
            moderation-blocked             | document | 1 | 400 | moderation_blocked  | Your request was rejected by the safety system. safety_violations=[violence]. |    | released  | 0
            moderation-blocked             | links    | 1 | 400 | moderation_blocked  | Your request was rejected by the safety system. safety_violations=[violence]. |    | released  | 0
            moderation-blocked             | events   | 1 | 400 | moderation_blocked  | Your request was rejected by the safety system. safety_violations=[violence]. |    | released  | 0
            reset                          | document | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            reset                          | links    | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            reset                          | events   | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            truncate                       | document | 2 | 200 | upstream_failed     | broken off in the middle              |    | undecided | 0
            truncate                       | links    | 2 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            truncate; after=0              | document | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            truncate; after=1000           | document | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            truncate; after=1000           | links    | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            truncate                       | events   | 1 | 200 |                     |                                       |    | settled   | 1
            malformed-sse                  | document | 1 | 200 |                     |                                       |    | settled   | 1
            malformed-sse; at=0            | events   | 1 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            malformed-sse; at=1            | events   | 1 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | partial   | 0
            malformed-sse; at=2            | events   | 1 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | partial   | 0
            cut-stream; after=0            | events   | 1 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            cut-stream; after=1            | events   | 1 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | partial   | 0
            cut-stream; after=2            | events   | 1 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | partial   | 0
            cut-stream; after=3            | events   | 2 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | settled   | 1
            missing-usage                  | document | 2 | 200 |                     |                                       |    | settled   | 2
            missing-usage                  | links    | 1 | 200 |                     |                                       |    | settled   | 1
            missing-usage                  | events   | 1 | 200 |                     |                                       |    | settled   | 1
            changed-outside                | document | 2 | 200 |                     |                                       |    | settled   | 2
            fewer-images; by=1             | document | 2 | 200 |                     |                                       |    | settled   | 1
            fewer-images; by=2             | links    | 3 | 200 |                     |                                       |    | settled   | 1
            fewer-images; by=1             | events   | 2 | 200 |                     |                                       |    | settled   | 1
            fewer-images; by=1             | document | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | released  | 0
            fewer-images; by=1             | links    | 1 | 502 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | released  | 0
            fewer-images; by=1             | events   | 1 | 200 | upstream_failed     | UPSTREAM_ANSWER_IS_NOT_AN_EDIT        |    | undecided | 0
            large-answer; mb=15            | document | 1 | 200 |                     |                                       |    | settled   | 1
            large-answer; mb=15            | links    | 1 | 200 |                     |                                       |    | settled   | 1
            large-answer; mb=15            | events   | 1 | 200 |                     |                                       |    | settled   | 1
            """)
    void scenarioHasItsDocumentedOutcome(String scenario, String form, int n, int status, @Nullable String code,
            @Nullable String message, @Nullable String retryAfter, String end, int images) throws IOException {
        Trial trial = new Trial(form, n, status, Optional.ofNullable(code), Optional.ofNullable(message),
                Optional.ofNullable(retryAfter), end, images);
        JsonNode issued = admin.issue("scenarios", "\"budget\":\"" + BUDGET
                + "\",\"label\":\"key " + keys++ + "\",\"limits\":{\"concurrent_edits\":1,\"queue\":0}");
        Endpoint caller = admin.as(issued);
        String most = quote(caller, trial.edit());
        String delivered = trial.charged() == 0 ? "0" : quote(caller, trial.asking(trial.charged()));
        ResourceSnapshot before = ResourceSnapshot.of(gateway);
        List<Scenario> scripted = ScenarioNames.parse(scenario);
        tried.add(scenario.replaceFirst(";.*", "").strip());

        gateway.sandbox().scenarios().next(scripted.toArray(Scenario[]::new));
        if (form.equals("events") && status == 200) {
            assertEvents(caller, trial);
        } else if (status == 200 && code != null) {
            assertThatThrownBy(() -> caller.edit(trial.edit())).as("an answer that has begun breaks off as it does")
                    .isInstanceOf(UncheckedIOException.class);
        } else {
            assertDocument(caller.edit(trial.edit()), trial);
        }

        assertBooks(issued, trial, most, delivered);
        assertThat(caller.edit(CheapEdit.form()).status()).as("the only place is free again").isEqualTo(200);
        before.assertNothingMore();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(
                () -> Connections.openTo(gateway.sandbox().port()) <= KEPT_CONNECTIONS);
    }

    private void assertDocument(Reply reply, Trial trial) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(trial.status());
        if (trial.status() == 200) {
            if (!reply.json().has("padding")) {
                contract.assertValid("ImagesResponse", reply.text());
            }
            assertThat(reply.images()).hasSize(trial.images());
            return;
        }
        contract.assertValid("ErrorEnvelope", reply.text());
        assertError(reply.error(), trial);
        assertThat(reply.header("retry-after")).isEqualTo(trial.retryAfter());
        assertThat(reply.header("x-should-retry")).contains(Boolean.toString(trial.retryAfter().isPresent()));
        assertThat(reply.header("x-retouch-cost")).isEmpty();
        assertThat(reply.text()).doesNotContain("127.0.0.1", "Exception", "mock");
    }

    private void assertEvents(Endpoint caller, Trial trial) throws IOException {
        try (Events events = Events.of(caller, trial.edit())) {
            List<Event> all = events.all();
            List<String> ends = new ArrayList<>(Collections.nCopies(trial.images(), COMPLETED));
            trial.code().ifPresent(_ -> ends.add("error"));
            assertThat(all).extracting(Event::name).filteredOn(name -> !name.equals(PARTIAL))
                    .containsExactlyElementsOf(ends);
            assertThat(all.getLast().name()).isEqualTo(ends.getLast());
            all.forEach(event -> contract.assertValid("ImageEditStreamEvent", event.data()));
            if (trial.code().isPresent()) {
                assertError(all.getLast().json().path("error"), trial);
            }
        }
    }

    private void assertError(JsonNode error, Trial trial) {
        assertThat(error.path("code").asText(null)).isEqualTo(trial.code().orElse(null));
        assertThat(error.path("type").asText()).isEqualTo(trial.code()
                .map(code -> contract.error(code).path("type").asText()).orElse("invalid_request_error"));
        String message = trial.message().orElseThrow();
        assertThat(error.path("message").asText()).isEqualTo(message.contains(" ") ? message : ofContract(message));
        assertThat(error.path("param").isNull()).isTrue();
    }

    private String ofContract(String name) {
        JsonNode messages = contract.tree().at("/components/schemas/ErrorMessage");
        for (int i = 0; i < messages.path("enum").size(); i++) {
            if (messages.path("x-enum-varnames").path(i).asText().equals(name)) {
                return messages.path("enum").path(i).asText();
            }
        }
        throw new AssertionError("the contract has no message " + name);
    }

    private void assertBooks(JsonNode issued, Trial trial, String most, String delivered) {
        String held = trial.end().equals("undecided") ? most : "0";
        JsonNode budget = admin.get("keys/" + issued.path("key").path("id").asText()).json().path("budget");
        assertThat(budget.path("held").asText()).as("held").isEqualTo(held);
        assertThat(budget.path("spent").asText()).as("spent").isEqualTo(delivered);
        assertThat(new BigDecimal(budget.path("available").asText()).add(new BigDecimal(held))
                .add(new BigDecimal(delivered))).as("all of it").isEqualByComparingTo(BUDGET);
        JsonNode usage = admin.as(issued).get("/v1/usage").json().path("total");
        assertThat(usage.path("undecided").asInt()).isEqualTo(trial.end().equals("undecided") ? 1 : 0);
        assertThat(usage.path("images").asInt()).isEqualTo(trial.charged());
        assertThat(usage.path("cost").asText()).isEqualTo(delivered);
        assertThat(usage.path("held").asText()).isEqualTo(held);
    }

    /** The most that an edit can cost, which these cost exactly: their size and quality are named. */
    private static String quote(Endpoint caller, Form edit) {
        Reply quote = Endpoint.send(caller.request("/v1/images/edits/quote").header("Content-Type", edit.contentType())
                .POST(BodyPublishers.ofByteArray(edit.bytes())));
        assertThat(quote.status()).as(quote.beginning()).isEqualTo(200);
        return quote.json().path("maximum").asText();
    }
}
