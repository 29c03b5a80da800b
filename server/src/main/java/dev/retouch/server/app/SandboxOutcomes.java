package dev.retouch.server.app;

import java.util.List;
import java.util.OptionalLong;

import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioQueue;
import dev.retouch.server.edit.TestOutcome;
import dev.retouch.server.edit.TestOutcomes;
import dev.retouch.server.key.ApiPrincipal;

/** Makes the embedded mock upstream produce the outcomes that clients choose, as scenarios for the edit id. */
final class SandboxOutcomes implements TestOutcomes {

    private static final int RETRY_AFTER_SECONDS = 1;

    private final String upstream;
    private final ScenarioQueue scenarios;

    /**
     * Scripts the sandbox.
     *
     * @param upstream name of the sandbox in groups
     */
    SandboxOutcomes(String upstream, ScenarioQueue scenarios) {
        this.upstream = upstream;
        this.scenarios = scenarios;
    }

    @Override
    public Script expect(String editId, TestOutcome outcome, ApiPrincipal principal) {
        if (!principal.group().isServedOnlyBy(upstream)) {
            throw TestOutcomes.refused();
        }
        if (outcome.kind() == TestOutcome.Kind.FEWER_IMAGES) {
            scenarios.forClientRequest(editId, scenarios(outcome));
        } else {
            // some kinds send a request for each image
            scenarios.forEachClientRequest(editId, scenarios(outcome));
        }
        return () -> scenarios.forget(editId);
    }

    private static List<Scenario> scenarios(TestOutcome outcome) {
        return switch (outcome.kind()) {
            case MODERATION_BLOCKED -> List.of(new Scenario.ModerationBlocked());
            case RATE_LIMITED -> List.of(Scenario.rateLimit(RETRY_AFTER_SECONDS));
            case SERVER_ERROR -> List.of(Scenario.status(500));
            case SLOW -> List.of(Scenario.delay(outcome.delay()));
            // the first one breaks a document, the second one a stream
            case CUT -> List.of(new Scenario.Truncate(OptionalLong.empty()), new Scenario.CutStream(0));
            case NO_USAGE -> List.of(new Scenario.MissingUsage());
            case FEWER_IMAGES -> List.of(new Scenario.FewerImages(1));
            case CHANGED_OUTSIDE -> List.of(new Scenario.ChangedOutside());
        };
    }
}
