package dev.retouch.contract.idempotency;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Scenario.Delay;
import dev.retouch.mock.scenario.Scenario.Reset;

import static org.assertj.core.api.Assertions.assertThat;

/** Edits that run on their own. */
@TestInstance(Lifecycle.PER_CLASS)
class TasksTest {

    private static final Form EDIT = CheapEdit.form();
    private static final Form STREAM = Form.ofInput().text("size", "1024x1024").text("stream", "true")
            .text("partial_images", "3");

    private final Contract contract = new Contract();
    private final RunningGateway gateway;
    private final Asker asker;

    TasksTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_TASKS_MAX_RUNNING", "2",
                "RETOUCH_TASKS_MAX_WAITING", "2"));
        asker = new Asker(Admin.of(gateway).group("tasks", "").key("tasks", ""));
    }

    @BeforeEach
    void forget() {
        gateway.sandbox().scenarios().clear();
        gateway.sandbox().journal().clear();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private JsonNode succeeded(String id) {
        Reply task = asker.taskOnceIn("succeeded", id);
        contract.assertValid("EditTask", task.text());
        assertThat(task.header("retry-after")).isEmpty();
        return task.json();
    }

    private static byte[] image(JsonNode task) {
        Reply file = Endpoint.fetch(URI.create(task.at("/result/data/0/url").asText()));
        assertThat(file.status()).isEqualTo(200);
        return file.body();
    }

    @Test
    void anEditBecomesATask() {
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(1)));
        Reply accepted = asker.later(EDIT.text("response_format", "b64_json"));
        String id = Asker.idOf(accepted);

        contract.assertValid("EditTask", accepted.text());
        assertThat(accepted.header("location")).contains("/v1/tasks/" + id);
        assertThat(accepted.header("preference-applied")).contains("respond-async");
        assertThat(accepted.header("retry-after")).contains("1");
        assertThat(accepted.json().path("status").asText()).isIn("queued", "running");
        JsonNode task = succeeded(id);
        assertThat(task.at("/result/data/0").has("b64_json")).isFalse();
        assertThat(image(task)).isNotEmpty();
        assertThat(task.path("headers").path("x-retouch-cost").asText()).startsWith(CheapEdit.PRICE);
        assertThat(task.path("progress").toString())
                .isEqualTo("{\"completed_images\":1,\"partial_images\":0,\"asked\":1}");
        assertThat(task.path("expires_at").asLong()).isEqualTo(task.path("finished_at").asLong() + 86400);
        assertThat(Asker.edits(gateway.sandbox())).isEqualTo(1);
    }

    @Test
    void aStreamTellsHowFarItIs() {
        gateway.sandbox().scenarios().always(new Delay(Duration.ZERO, Duration.ofSeconds(1)));
        String id = Asker.idOf(asker.later(STREAM));

        Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(50)).until(() -> {
            JsonNode task = asker.task(id).json();
            return task.path("status").asText().equals("running")
                    && task.path("progress").path("partial_images").asInt() > 0;
        });
        JsonNode task = succeeded(id);
        assertThat(task.path("progress").path("partial_images").asInt()).isEqualTo(3);
        assertThat(task.path("progress").path("completed_images").asInt()).isEqualTo(1);
        assertThat(task.at("/result/size").asText()).isEqualTo("1024x1024");
        assertThat(task.at("/result/usage/output_tokens").asLong()).isPositive();
        assertThat(image(task)).isNotEmpty();
    }

    @Test
    void refusalIsReturnedAtOnce() {
        Reply refused = asker.later(EDIT.text("n", "11"));
        assertThat(refused.status()).as(refused.beginning()).isEqualTo(400);
        assertThat(refused.error().path("code").asText()).isEqualTo("integer_above_max_value");
    }

    @Test
    void aFailureIsInTheTask() {
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(1)), new Reset());
        Reply task = asker.taskOnceIn("failed", Asker.idOf(asker.later(EDIT)));
        contract.assertValid("EditTask", task.text());
        assertThat(task.json().path("error").path("code").asText()).isEqualTo("upstream_failed");
        assertThat(task.json().has("result")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"respond-async, wait=20", "wait=20 , Respond-Async",
            "handling=lenient, respond-async;x=y, wait=\"20\""})
    void waitPreferenceReturnsTheEdit(String preference) {
        Reply answer = asker.send(EDIT, "Prefer", preference);
        assertThat(answer.status()).as(answer.beginning()).isEqualTo(200);
        contract.assertValid("ImagesResponse", answer.text());
        assertThat(answer.header("x-retouch-cost")).isPresent();
        assertThat(answer.json().at("/data/0/url").asText()).startsWith("http");
    }

    @Test
    void otherPreferencesAreIgnored() {
        Reply answer = asker.send(EDIT, "Prefer", "return=minimal, wait=1");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("preference-applied")).isEmpty();
    }

    @Test
    void aTaskIsCanceledAndThenRemoved() {
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(2)));
        String id = Asker.idOf(asker.later(EDIT));
        Asker.awaitEdits(gateway.sandbox(), 1);

        Reply canceled = asker.cancel(id);
        assertThat(canceled.status()).isEqualTo(200);
        contract.assertValid("EditTask", canceled.text());
        assertThat(canceled.json().path("status").asText()).isEqualTo("canceled");
        assertThat(asker.task(id).json().path("status").asText()).isEqualTo("canceled");
        assertThat(asker.cancel(id).status()).isEqualTo(204);
        for (Reply gone : List.of(asker.task(id), asker.cancel(id))) {
            assertThat(gone.status()).isEqualTo(404);
            assertThat(gone.error().path("code").asText()).isEqualTo("task_not_found");
            assertThat(gone.error().path("message").asText())
                    .isEqualTo("The task '" + id + "' does not exist or has expired.");
        }
    }

    @Test
    void tasksOfOtherKeysAreNotFound() {
        String id = Asker.idOf(asker.later(EDIT));
        Asker stranger = new Asker(Admin.of(gateway).group("others", "").key("others", ""));
        assertThat(stranger.task(id).status()).isEqualTo(404);
        assertThat(stranger.cancel(id).status()).isEqualTo(404);
        succeeded(id);
    }

    @Test
    void aKeyNamesOneTask() {
        Reply first = asker.send(EDIT, "Prefer", "respond-async", "Idempotency-Key", "task");
        Reply again = asker.send(EDIT, "Prefer", "respond-async", "Idempotency-Key", "task");
        assertThat(Asker.idOf(again)).isEqualTo(Asker.idOf(first));
        assertThat(again.header("idempotent-replayed")).contains("true");
        assertThat(asker.send(CheapEdit.form("other"), "Prefer", "respond-async", "Idempotency-Key", "task").status())
                .isEqualTo(422);
        assertThat(asker.under("task", EDIT).status()).as("without respond-async").isEqualTo(422);
        succeeded(Asker.idOf(first));
        assertThat(Asker.edits(gateway.sandbox())).isEqualTo(1);
    }

    @Test
    void aRefusalFreesTheKeyOfATask() {
        assertThat(asker.send(EDIT.text("n", "11"), "Prefer", "respond-async", "Idempotency-Key", "wrong").status())
                .isEqualTo(400);
        Asker.idOf(asker.send(EDIT, "Prefer", "respond-async", "Idempotency-Key", "wrong"));
    }

    @Test
    void onlySoManyWait() {
        gateway.sandbox().scenarios().always(Scenario.delay(Duration.ofSeconds(2)));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ids.add(Asker.idOf(asker.later(EDIT)));
        }
        Reply full = asker.later(EDIT);
        assertThat(full.status()).as(full.beginning()).isEqualTo(429);
        assertThat(full.error().path("code").asText()).isEqualTo("queue_full");
        assertThat(full.header("retry-after")).isPresent();
        ids.forEach(this::succeeded);
        assertThat(gateway.sandbox().journal().peakEdits()).isEqualTo(2);
    }
}
