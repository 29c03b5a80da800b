package dev.retouch.contract.idempotency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Administrators see the tasks of all keys and cancel them, without what is in them. */
class AllTasksTest {

    private static final Form EDIT = CheapEdit.form("a secret prompt");

    AllTasksTest() {
        Gateways.ownOnly();
    }

    private static JsonNode right(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply.json();
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.path("data").forEach(task -> ids.add(task.path("id").asText()));
        return ids;
    }

    @Test
    void tasksOfAllKeysAreListedAndCanceled() {
        try (RunningGateway gateway = RunningGateway
                .start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_TASKS_MAX_RUNNING", "1"))) {
            Admin admin = Admin.of(gateway).group("tasks", "");
            JsonNode issued = admin.issue("tasks", "");
            Asker one = new Asker(admin.as(issued));
            Asker other = new Asker(admin.key("tasks", ""));
            String succeeded = Asker.idOf(one.later(EDIT));
            one.taskOnceIn("succeeded", succeeded);
            gateway.sandbox().scenarios().next(Scenario.status(500));
            String failed = Asker.idOf(one.later(EDIT));
            one.taskOnceIn("failed", failed);
            gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(60)));
            String running = Asker.idOf(other.later(EDIT));
            other.taskOnceIn("running", running);
            String queued = Asker.idOf(one.later(EDIT));
            String canceled = Asker.idOf(one.later(EDIT));
            assertThat(right(admin.post("tasks/" + canceled + "/cancel", "")).path("status").asText())
                    .isEqualTo("canceled");

            JsonNode all = right(admin.get("tasks"));
            assertThat(ids(all)).containsExactlyInAnyOrder(succeeded, failed, running, queued, canceled);
            assertThat(all.toString()).doesNotContain("secret prompt").doesNotContain("/files/");
            JsonNode first = right(admin.get("tasks?limit=3"));
            assertThat(first.path("has_more").asBoolean()).isTrue();
            List<String> read = new ArrayList<>(ids(first));
            JsonNode second = right(admin.get("tasks?limit=3&after=" + read.getLast()));
            assertThat(second.path("has_more").asBoolean(true)).isFalse();
            read.addAll(ids(second));
            assertThat(read).isEqualTo(ids(all));
            String key = issued.at("/key/id").asText();
            assertThat(ids(right(admin.get("tasks?key=" + key)))).doesNotContain(running).hasSize(4);
            assertThat(ids(right(admin.get("tasks?state=queued")))).containsExactly(queued);
            JsonNode failure = right(admin.get("tasks?state=failed")).at("/data/0");
            assertThat(failure.path("error_code").asText()).isEqualTo("upstream_failed");
            assertThat(failure.path("finished_at").asLong()).isPositive();
            assertThat(failure.path("expires_at").asLong()).isGreaterThan(failure.path("finished_at").asLong());
            JsonNode active = right(admin.get("tasks?state=running")).at("/data/0");
            assertThat(active.path("started_at").asLong()).isPositive();
            assertThat(right(admin.get("edits/" + active.path("request_id").asText())).path("state").asText())
                    .isEqualTo("held");

            right(admin.post("tasks/" + running + "/cancel", ""));
            assertThat(other.task(running).json().path("status").asText()).isEqualTo("canceled");
            one.taskOnceIn("succeeded", queued);
            Awaitility.await().atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.sandbox().journal().inFlight() == 0);
            Reply ended = admin.post("tasks/" + succeeded + "/cancel", "");
            assertThat(ended.status()).isEqualTo(409);
            assertThat(one.task(succeeded).json().has("result")).as("it is kept").isTrue();
            for (String query : List.of("limit=0", "state=lost", "after=task_0")) {
                Reply wrong = admin.get("tasks?" + query);
                assertThat(wrong.status()).as(query).isEqualTo(400);
                assertThat(wrong.error().path("param").asText()).isEqualTo(query.replaceAll("=.*", ""));
            }
        }
    }
}
