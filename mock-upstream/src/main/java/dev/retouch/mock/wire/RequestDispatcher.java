package dev.retouch.mock.wire;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.mock.error.ApiErrorException;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.BodyReader;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.intake.TempDirectory;
import dev.retouch.mock.journal.Exchange;
import dev.retouch.mock.journal.Journal;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioNames;
import dev.retouch.mock.scenario.ScenarioQueue;
import dev.retouch.mock.scenario.Script;
import dev.retouch.mock.scenario.UnknownScenarioException;

/**
 * Handles a request: key, scenarios, body, endpoint, response. Pages under {@code /mock}, {@code /healthz} and {@code /} have no
 * scenarios and are not in the journal. They need no key, unless the pages that control the mock are private.
 */
public final class RequestDispatcher extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);
    private static final String SCENARIO_HEADER = "x-mock-scenario";
    private static final String MODERATIONS = "/v1/moderations";
    private static final String CLIENT_REQUEST = "x-client-request-id";

    private final TempDirectory folder;
    private final Keys keys;
    private final Routes routes;
    private final BodyReader intake;
    private final ScenarioQueue scenarios;
    private final Journal journal;
    private final List<ApiForm> forms;

    /**
     * Dispatches to these routes.
     *
     * @param others the forms of APIs beside OpenAI's
     */
    public RequestDispatcher(TempDirectory folder, Keys keys, Routes routes, BodyReader intake, ScenarioQueue scenarios,
            Journal journal, List<ApiForm> others) {
        this.folder = folder;
        this.keys = keys;
        this.routes = routes;
        this.intake = intake;
        this.scenarios = scenarios;
        this.journal = journal;
        this.forms = Stream.concat(Stream.of(ApiForm.OPENAI), others.stream()).toList();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws IOException {
        String requestId = "req_" + UUID.randomUUID().toString().replace("-", "");
        response.getHeaders().put("x-request-id", requestId);
        response.getHeaders().put("openai-version", "2020-10-01");
        Exchange exchange = isJournaled(Request.getPathInContext(request)) ? journal.begin(arrival(request)) : null;
        RequestContext visit = new RequestContext(request, response, folder.newSubfolder(), journal, exchange);
        Outcome outcome = Outcome.FAILED;
        try {
            outcome = serve(request, visit, requestId);
        } catch (IOException e) {
            LOG.debug("client disconnected request={}", requestId, e);
            outcome = ResponseSender.outcomeOf(e);
        } catch (RuntimeException e) {
            LOG.error("response failed request={}", requestId, e);
        } finally {
            visit.end(outcome);
            finish(visit, outcome, callback);
        }
        return true;
    }

    private static boolean isJournaled(String path) {
        return !path.equals("/") && !path.equals("/healthz") && !path.startsWith("/mock/");
    }

    /** Hosted images are under {@code /mock}, too; their links work without a key. */
    private static boolean isControl(String path) {
        return path.startsWith("/mock/") && !path.startsWith("/mock/files/");
    }

    /** The form of the API that a path belongs to; empty for all other pages. */
    private Optional<ApiForm> api(String path) {
        return forms.stream().filter(form -> path.startsWith(form.prefix())).findFirst();
    }

    private static Exchange.Arrival arrival(Request request) {
        List<JournalEntry.Header> headers = request.getHeaders().stream()
                .map(field -> Exchange.Arrival.header(field.getName(), String.valueOf(field.getValue()))).toList();
        return new Exchange.Arrival(request.getMethod(), Request.getPathInContext(request),
                Optional.ofNullable(request.getHttpURI().getQuery()), headers);
    }

    private Outcome serve(Request request, RequestContext visit, String requestId) throws IOException {
        Script script = Script.none();
        Function<ApiErrorException, Answer.Document> errors = api(Request.getPathInContext(request))
                .orElse(ApiForm.OPENAI).errors();
        Answer answer;
        try {
            script = script(request, visit);
            answer = answer(request, visit, script);
        } catch (ApiErrorException refusal) {
            BodyReader.drain(request);
            answer = errors.apply(refusal);
        } catch (RuntimeException e) {
            LOG.error("request failed request={}", requestId, e);
            BodyReader.drain(request);
            answer = errors.apply(ProviderErrors.internal());
        }
        return new ResponseSender(visit, script).deliver(answer);
    }

    private Script script(Request request, RequestContext visit) {
        String path = Request.getPathInContext(request);
        Optional<ApiForm> form = api(path);
        // in other forms, only edits are posted
        if (form.isEmpty() || (!form.get().equals(ApiForm.OPENAI) && !request.getMethod().equals("POST"))) {
            return Script.none();
        }
        List<String> asked = request.getHeaders().getFields(SCENARIO_HEADER).stream()
                .map(field -> String.valueOf(field.getValue())).toList();
        Script script;
        try {
            script = asked.isEmpty()
                    ? scenarios.take(path, clientRequest(request, path))
                    : new Script(ScenarioNames.parse(String.join(",", asked)));
        } catch (UnknownScenarioException e) {
            throw ProviderErrors.badRequest(String.valueOf(e.getMessage()), SCENARIO_HEADER, "unknown_scenario");
        }
        Exchange exchange = visit.exchange();
        if (exchange != null) {
            exchange.scripted(script);
        }
        return script;
    }

    /** The client's own id of an edit. */
    private static Optional<String> clientRequest(Request request, String path) {
        return path.equals(MODERATIONS)
                ? Optional.empty()
                : Optional.ofNullable(request.getHeaders().get(CLIENT_REQUEST));
    }

    private Answer answer(Request request, RequestContext visit, Script script) throws IOException {
        String path = Request.getPathInContext(request);
        ApiForm form = api(path).orElse(ApiForm.OPENAI);
        if (api(path).isPresent() || (keys.guardsControl() && isControl(path))) {
            keys.check(form, request.getHeaders());
        }
        Routes.Match match = routes.find(request.getMethod(), path);
        RequestBody body = read(request, visit, form);
        Exchange exchange = visit.exchange();
        if (exchange != null) {
            exchange.received(body);
        }
        Optional<Scenario.Status> instead = script.find(Scenario.Status.class);
        if (instead.isPresent()) {
            return scripted(instead.get(), form);
        }
        if (script.has(Scenario.Reset.class)) {
            return form.errors().apply(ProviderErrors.internal()); // never sent: the connection is reset first
        }
        String origin = "http://" + request.getHttpURI().getAuthority();
        String query = Optional.ofNullable(request.getHttpURI().getQuery()).orElse("");
        return match.endpoint()
                .answer(new EndpointRequest(origin, match.variables(), query, body, visit.workspace(), script));
    }

    private RequestBody read(Request request, RequestContext visit, ApiForm form) throws IOException {
        try {
            return intake.read(request, visit.workspace(), form.bareImages());
        } catch (EofException _) {
            throw ProviderErrors.badRequest("The request body ended before its announced end.", null,
                    "incomplete_body");
        }
    }

    private static Answer scripted(Scenario.Status status, ApiForm form) {
        Optional<String> text = status.body();
        if (text.isPresent()) {
            byte[] bytes = text.get().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            return new Answer.Document(status.code(), status.headers(), status.contentType(), out -> out.write(bytes));
        }
        return form.errors().apply(ProviderErrors.scripted(status.code(), status.headers()));
    }

    private static void finish(RequestContext visit, Outcome outcome, Callback callback) throws IOException {
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
