package dev.retouch.mock.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.mock.error.ApiError;
import dev.retouch.mock.error.Refusals;
import dev.retouch.mock.intake.Intake;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.intake.Workspace;
import dev.retouch.mock.journal.Exchange;
import dev.retouch.mock.journal.Journal;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioNames;
import dev.retouch.mock.scenario.ScenarioQueue;
import dev.retouch.mock.scenario.Script;
import dev.retouch.mock.scenario.UnknownScenario;

/**
 * The whole way of a request: key, scenarios, body, endpoint, answer. Pages under {@code /mock}, {@code /healthz} and {@code /}
 * need no key, obey no scenario and leave no trace in the journal.
 */
public final class Gate extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final String SCENARIO_HEADER = "x-mock-scenario";

    private final Path folder;
    private final Keys keys;
    private final Routes routes;
    private final Intake intake;
    private final ScenarioQueue scenarios;
    private final Journal journal;
    private final Envelope envelope = new Envelope();

    public Gate(Path folder, Keys keys, Routes routes, Intake intake, ScenarioQueue scenarios, Journal journal) {
        this.folder = folder;
        this.keys = keys;
        this.routes = routes;
        this.intake = intake;
        this.scenarios = scenarios;
        this.journal = journal;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws IOException {
        String requestId = "req_" + UUID.randomUUID().toString().replace("-", "");
        response.getHeaders().put("x-request-id", requestId);
        response.getHeaders().put("openai-version", "2020-10-01");
        Exchange exchange = isJournaled(Request.getPathInContext(request)) ? journal.begin(arrival(request)) : null;
        Visit visit = new Visit(request, response, Workspace.under(folder), journal, exchange);
        Outcome outcome = Outcome.FAILED;
        try {
            outcome = serve(request, visit, requestId);
        } catch (IOException e) {
            LOG.debug("request_id={} the client went away", requestId, e);
            outcome = Delivery.outcomeOf(e);
        } catch (RuntimeException e) {
            LOG.error("request_id={} failed while answering", requestId, e);
        } finally {
            visit.end(outcome);
            finish(visit, outcome, callback);
        }
        return true;
    }

    private static boolean isJournaled(String path) {
        return !path.equals("/") && !path.equals("/healthz") && !path.startsWith("/mock/");
    }

    private static boolean isApi(String path) {
        return path.startsWith("/v1/");
    }

    private static Exchange.Arrival arrival(Request request) {
        List<JournalEntry.Header> headers = request.getHeaders().stream()
                .map(field -> Exchange.Arrival.header(field.getName(), String.valueOf(field.getValue()))).toList();
        return new Exchange.Arrival(request.getMethod(), Request.getPathInContext(request),
                Optional.ofNullable(request.getHttpURI().getQuery()), headers);
    }

    private Outcome serve(Request request, Visit visit, String requestId) throws IOException {
        Script script = Script.none();
        Answer answer;
        try {
            script = script(request, visit);
            answer = answer(request, visit, script);
        } catch (ApiError refusal) {
            Intake.drain(request);
            answer = envelope.of(refusal);
        } catch (RuntimeException e) {
            LOG.error("request_id={} failed", requestId, e);
            Intake.drain(request);
            answer = envelope.of(Refusals.internal());
        }
        return new Delivery(visit, script).deliver(answer);
    }

    private Script script(Request request, Visit visit) {
        String path = Request.getPathInContext(request);
        if (!isApi(path)) {
            return Script.none();
        }
        List<String> asked = request.getHeaders().getFields(SCENARIO_HEADER).stream()
                .map(field -> String.valueOf(field.getValue())).toList();
        Script script;
        try {
            script = asked.isEmpty()
                    ? scenarios.take(path)
                    : new Script(ScenarioNames.parse(String.join(",", asked)));
        } catch (UnknownScenario e) {
            throw Refusals.badRequest(String.valueOf(e.getMessage()), SCENARIO_HEADER, "unknown_scenario");
        }
        Exchange exchange = visit.exchange();
        if (exchange != null) {
            exchange.scripted(script);
        }
        return script;
    }

    private Answer answer(Request request, Visit visit, Script script) throws IOException {
        String path = Request.getPathInContext(request);
        if (isApi(path)) {
            keys.check(request.getHeaders().get(HttpHeader.AUTHORIZATION));
        }
        Routes.Match match = routes.find(request.getMethod(), path);
        RequestBody body = read(request, visit);
        Exchange exchange = visit.exchange();
        if (exchange != null) {
            exchange.received(body);
        }
        Optional<Scenario.Status> instead = script.find(Scenario.Status.class);
        if (instead.isPresent()) {
            return scripted(instead.get());
        }
        if (script.has(Scenario.Reset.class)) {
            return envelope.of(Refusals.internal()); // never heard: the delivery resets first
        }
        String origin = "http://" + request.getHttpURI().getAuthority();
        return match.endpoint().answer(new Call(origin, match.variables(), body, visit.workspace(), script));
    }

    private RequestBody read(Request request, Visit visit) throws IOException {
        try {
            return intake.read(request, visit.workspace());
        } catch (EofException _) {
            throw Refusals.badRequest("The request body ended before its announced end.", null, "incomplete_body");
        }
    }

    private Answer scripted(Scenario.Status status) {
        Optional<String> text = status.body();
        if (text.isPresent()) {
            byte[] bytes = text.get().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            return new Answer.Document(status.code(), status.headers(), status.contentType(), out -> out.write(bytes));
        }
        return envelope.of(Refusals.scripted(status.code(), status.headers()));
    }

    private static void finish(Visit visit, Outcome outcome, Callback callback) throws IOException {
        switch (outcome) {
            case ANSWERED -> callback.succeeded();
            case RESET -> {
                visit.socket().reset();
                callback.failed(new EofException("reset by a scenario"));
            }
            case CUT_SHORT -> callback.failed(new EofException("cut short by a scenario"));
            case CLIENT_GONE -> callback.failed(new EofException("the client is gone"));
            case FAILED, IN_FLIGHT -> callback.failed(new IOException("failed"));
        }
    }
}
