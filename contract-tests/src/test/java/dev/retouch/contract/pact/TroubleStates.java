package dev.retouch.contract.pact;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import au.com.dius.pact.provider.junitsupport.State;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.awaitility.Awaitility;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioQueue.Waiting;
import dev.retouch.mock.scenario.Script;

/** Provider states of what a gateway goes through: no room, upstreams in trouble, other edits under way. */
record TroubleStates(ProviderStates stage) {

    private static final String MODERATIONS = "/v1/moderations";

    private void key(String groupSettings) {
        stage.issue(stage.group(groupSettings), "");
    }

    private void always(String path, Object status) {
        int code = status instanceof Number number ? number.intValue() : Integer.parseInt(status.toString());
        stage.gateway().sandbox().scenarios()
                .add(new Waiting(new Script(List.of(Scenario.status(code))), Optional.of(path), Optional.empty()));
    }

    @State(value = "a group whose only place is taken", comment = "A key of a group with one concurrent edit, which is under way; so many may wait, for so long.")
    @Takes({"queue (0)", "queue_wait_seconds (1)"})
    void aGroupWhoseOnlyPlaceIsTaken(Map<String, Object> parameters) throws IOException {
        key("\"limits\":{\"concurrent_edits\":1,\"queue\":" + parameters.getOrDefault("queue", 0)
                + ",\"queue_wait_seconds\":" + parameters.getOrDefault("queue_wait_seconds", 1) + "}");
        stage.beginEdit(stage.gateway(), stage.caller());
    }

    @State(value = "a moderated group without its service", comment = "A key of a group whose edits need a moderation service, which fails.")
    void aModeratedGroupWithoutItsService() {
        key("\"moderation\":{\"mode\":\"block\",\"on_failure\":\"closed\"}");
        always(MODERATIONS, 500);
    }

    @State(value = "an upstream that fails", comment = "A key, and an upstream that answers every edit with this status.")
    @Takes("status (500)")
    void anUpstreamThatFails(Map<String, Object> parameters) {
        key("");
        always(Endpoint.EDITS, parameters.getOrDefault("status", 500));
    }

    @State(value = "an upstream that is down", comment = "A key of a group for whose upstream nobody listens.")
    void anUpstreamThatIsDown() {
        stage.issue(stage.group(ProviderStates.DOWN, ""), "");
    }

    @State(value = "an edit that is under way", comment = "A key whose edit, sent as this JSON with this `Idempotency-Key`, is with the upstream.")
    @Takes({"idempotency_key", "edit"})
    void anEditThatIsUnderWay(Map<String, Object> parameters) throws IOException {
        stage.issue(stage.group(ProviderStates.SLOW, ""), "");
        String body = JsonMapper.builder().build().valueToTree(parameters.get("edit")).toString();
        stage.beginKeptEdit(stage.caller(), body.getBytes(StandardCharsets.UTF_8),
                String.valueOf(parameters.get("idempotency_key")));
    }

    @State(value = "pictures on the web", comment = "Provides `picture`, a URL that the gateway can fetch, and `missing`, one where there is nothing.")
    Map<String, String> picturesOnTheWeb() {
        key("");
        return Map.of("picture", stage.picture(), "missing", stage.picture().replace("wall.png", "nothing.png"));
    }

    @State(value = "a model for small pictures", comment = "A model `small-pictures`, which takes pictures of fewer than 64 bytes.")
    void aModelForSmallPictures() {
        key("");
    }

    @State(value = "a gateway without room", comment = "A gateway that takes one request at a time, and has it.")
    void aGatewayWithoutRoom() throws IOException {
        RunningGateway full = stage.other(Map.of("RETOUCH_HTTP_MAX_REQUESTS_IN_FLIGHT", "1"));
        stage.afterwards(full::close);
        stage.beginEdit(full, stage.caller());
    }

    @State(value = "a gateway that is about to stop", comment = "A gateway that was told to stop, and lets an edit finish before.")
    void aGatewayThatIsAboutToStop() throws IOException {
        RunningGateway going = stage.other(Map.of("RETOUCH_SHUTDOWN_GRACE", "20s"));
        Endpoint caller = stage.caller();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        stage.afterwards(() -> gone.join());
        stage.beginEdit(going, caller);
        Thread.ofVirtual().name("stopping").start(() -> {
            try {
                going.close();
                gone.complete(null);
            } catch (RuntimeException e) {
                gone.completeExceptionally(e);
            }
        });
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> caller.edit(CheapEdit.form()).status() == 503);
    }
}
