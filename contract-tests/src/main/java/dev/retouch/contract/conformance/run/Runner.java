package dev.retouch.contract.conformance.run;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import dev.retouch.contract.conformance.cases.Announcement;
import dev.retouch.contract.conformance.cases.Case;
import dev.retouch.contract.conformance.check.Check;
import dev.retouch.contract.conformance.check.Evidence;
import dev.retouch.contract.conformance.check.Findings;
import dev.retouch.contract.conformance.check.StatusCheck;
import dev.retouch.contract.conformance.run.Outcome.State;
import dev.retouch.contract.conformance.wire.Answer;
import dev.retouch.contract.conformance.wire.Body;
import dev.retouch.contract.conformance.wire.NoAnswerException;
import dev.retouch.contract.conformance.wire.Request;
import dev.retouch.contract.conformance.wire.Sender;

/** Runs the cases of a plan one by one, so that an endpoint's limits on how much at once are left alone. */
public final class Runner {

    private final Sender sender;
    private final Clock clock;
    private final Map<String, JsonNode> announced = new HashMap<>();
    private boolean acceptsWhatItShouldRefuse;

    /** Receives each case when it ends. */
    @FunctionalInterface
    public interface Listener {
        void ended(Outcome outcome) throws InterruptedException;
    }

    public Runner(Sender sender, Clock clock) {
        this.sender = sender;
        this.clock = clock;
    }

    /** Runs all cases that may run, and reports each when it ends. Responses are not kept. */
    public void run(Plan plan, Listener listener) throws InterruptedException {
        for (Case each : plan.cases()) {
            Optional<String> against = plan.against(each).or(() -> tooRisky(plan, each));
            if (against.isEmpty()) {
                against = notAnnounced(each);
            }
            listener.ended(against.isPresent() ? Outcome.notRun(each, against.get()) : run(each));
        }
    }

    /** An endpoint that executes an edit it should refuse may charge for it, to which the operator has not agreed. */
    private Optional<String> tooRisky(Plan plan, Case each) {
        return acceptsWhatItShouldRefuse && !plan.paid() && each.isRefusal()
                ? Optional.of("could cost money, because this endpoint edits what it should refuse; say --paid")
                : Optional.empty();
    }

    /** A case about something that the endpoint does not announce says nothing about it. */
    private Optional<String> notAnnounced(Case each) throws InterruptedException {
        Optional<Announcement> needed = each.announcement();
        if (needed.isEmpty() || needed.get().isIn(announced(needed.get().path()))) {
            return Optional.empty();
        }
        return Optional.of("does not apply: capabilities.gateway does not announce " + needed.get().words());
    }

    private JsonNode announced(String path) throws InterruptedException {
        JsonNode known = announced.get(path);
        if (known != null) {
            return known;
        }
        JsonNode document;
        try {
            document = sender.send(new Request("GET", path, Request.KeyUse.RIGHT, Map.of(), new Body.None())).json()
                    .orElse(MissingNode.getInstance());
        } catch (NoAnswerException e) {
            return MissingNode.getInstance();
        }
        announced.put(path, document);
        return document;
    }

    private Outcome run(Case each) throws InterruptedException {
        Findings findings = new Findings();
        long begun = System.nanoTime();
        Optional<Evidence> evidence = Optional.empty();
        try {
            Answer answer = sender.send(each.request());
            evidence = Optional.of(new Evidence(answer, clock.instant(), sender::fetch));
            look(each.checks(), evidence.get(), findings);
            acceptsWhatItShouldRefuse |= each.isRefusal() && answer.status() < 300;
        } catch (NoAnswerException e) {
            findings.differs("answer", "one", String.valueOf(e.getMessage()));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        State state = findings.differences().isEmpty() ? State.PASSED : State.DIFFERS;
        return new Outcome(each, state, Optional.empty(), findings.differences(), findings.notes(), took, evidence);
    }

    /** Where already the status differs, everything else would differ too, and say nothing. */
    private static void look(List<Check> checks, Evidence evidence, Findings findings) throws InterruptedException {
        for (Check check : checks) {
            check.look(evidence, findings);
            if (check instanceof StatusCheck(List<Integer> allowed) && !findings.differences().isEmpty()
                    && sort(allowed.getFirst()) != sort(evidence.answer().status())) {
                return;
            }
        }
    }

    private static int sort(int status) {
        return status / 100;
    }

    /** Whether the endpoint can be talked to, and knows the key. Says what is wrong where it cannot. */
    public Optional<String> obstacle() throws InterruptedException {
        Request models = new Request("GET", "models", Request.KeyUse.RIGHT, Map.of(), new Body.None());
        try {
            return sender.send(models).status() == 401
                    ? Optional.of("The endpoint refuses the key (GET models answers 401).")
                    : Optional.empty();
        } catch (NoAnswerException e) {
            return Optional.of("The endpoint cannot be reached: " + e.getMessage() + ".");
        }
    }
}
