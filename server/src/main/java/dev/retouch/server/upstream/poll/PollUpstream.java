package dev.retouch.server.upstream.poll;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.eclipse.jetty.http.HttpStatus;

import dev.retouch.server.upstream.AttemptFailedException;
import dev.retouch.server.upstream.CheckCall;
import dev.retouch.server.upstream.Credential;
import dev.retouch.server.upstream.HttpCalls;
import dev.retouch.server.upstream.KindTraits;
import dev.retouch.server.upstream.ModelName;
import dev.retouch.server.upstream.Redactor;
import dev.retouch.server.upstream.UpstreamCheck;
import dev.retouch.server.upstream.UpstreamErrors;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamResponse;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.UpstreamTransport;
import dev.retouch.server.upstream.openai.ErrorRules;
import dev.retouch.server.upstream.openai.UpstreamErrorMapper;

/**
 * Submits an edit, polls its state until it has ended, and returns the result. The total timeout bounds all of it together.
 */
public final class PollUpstream implements UpstreamTransport, AutoCloseable {

    private static final int MAX_DOCUMENT = 1 << 20;
    /** Words of a rate limit, such as "Expected available in 1 second". */
    private static final Pattern DELAY = Pattern.compile("available in (\\d{1,5}) second");

    private final UpstreamSettings settings;
    private final PollKind kind;
    private final HttpCalls calls;
    private final Credential credential;
    private final KeyHosts hosts;
    private final UpstreamErrors errors;
    private final Redactor redactor;
    private final ObjectMapper mapper = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    /**
     * An upstream of this kind.
     *
     * @param calls the HTTP client, which is closed with this upstream
     * @param credential the gateway's credential
     * @param clock the time, to read dates of {@code retry-after}
     */
    public PollUpstream(UpstreamSettings settings, PollKind kind, HttpCalls calls, Credential credential, Clock clock) {
        this.settings = settings;
        this.kind = kind;
        this.calls = calls;
        this.credential = credential;
        this.hosts = new KeyHosts(settings.url(), kind.hosts());
        this.redactor = new Redactor(credential::secrets);
        this.errors = new UpstreamErrorMapper(redactor, clock,
                ErrorRules.withoutModel(PollUpstream::delay, UnaryOperator.identity()));
    }

    private static Optional<Duration> delay(JsonNode document) {
        Matcher words = DELAY.matcher(document.path("detail").asText(""));
        return words.find() ? Optional.of(Duration.ofSeconds(Long.parseLong(words.group(1)))) : Optional.empty();
    }

    @Override
    public KindTraits traits(ModelName model) {
        return kind.traits(model.at(settings));
    }

    @Override
    public UpstreamResponse send(UpstreamRequest edit) throws AttemptFailedException {
        String model = edit.model().at(settings);
        PollKind.Submit form = kind.submit(model);
        long deadline = System.nanoTime() + settings.totalTimeout().toNanos();
        Map<String, String> headers = new LinkedHashMap<>(kind.headers());
        headers.putAll(credential.attemptHeaders());
        headers.put("accept", "application/json");
        headers.put("x-client-request-id", edit.requestId());
        headers.putAll(edit.trace().upstreamHeaders());
        JsonNode accepted = document(new HttpCalls.Call("POST",
                settings.url() + form.path().replace("{model}", model), headers, PollEditWriter.of(edit, form)));
        return new PollRun(this, edit, accepted, deadline).result();
    }

    @Override
    public UpstreamCheck check() throws AttemptFailedException {
        return new CheckCall(calls, credential, errors).ofConnection(settings.url().toString());
    }

    PollKind kind() {
        return kind;
    }

    UpstreamErrors errors() {
        return errors;
    }

    /** The failure that a response says. */
    AttemptFailedException failure(HttpCalls.Reply reply) throws IOException {
        return credential.failure(errors, reply);
    }

    KeyHosts hosts() {
        return hosts;
    }

    Duration timeout() {
        return settings.totalTimeout();
    }

    /**
     * Sends a request with the key to a host that may get it.
     *
     * @param total the longest time until its response is read
     */
    HttpCalls.Reply request(String method, String url, Duration total) throws AttemptFailedException {
        Map<String, String> headers = new LinkedHashMap<>(credential.attemptHeaders());
        headers.put("accept", "application/json");
        return calls.send(new HttpCalls.Call(method, url, headers, null), total);
    }

    /** The document of a successful response; any other response is the failure of the attempt. */
    private JsonNode document(HttpCalls.Call call) throws AttemptFailedException {
        try (HttpCalls.Reply reply = calls.send(call)) {
            if (!HttpStatus.isSuccess(reply.head().getStatus())) {
                throw failure(reply);
            }
            return read(reply.body());
        } catch (IOException e) {
            throw HttpCalls.brokenOff(e);
        }
    }

    JsonNode read(InputStream body) throws IOException {
        return mapper.readTree(body.readNBytes(MAX_DOCUMENT));
    }

    /** The response to an edit that is done, whose document has the images or their links. */
    UpstreamResponse response(UpstreamRequest edit, JsonNode accepted, InputStream document) {
        BigDecimal cost = PollAnswerReader.cost(accepted, kind.accepted()).orElse(null);
        return new UpstreamResponse(false, (source, held) -> new PollAnswerReader(source, kind, cost),
                errors.refusals(), requestId(accepted), document,
                UpstreamResponse.Notes.NONE, true);
    }

    /** The upstream's id of an accepted edit. */
    Optional<String> requestId(JsonNode accepted) {
        return redactor.requestId(accepted.at(kind.accepted().id()).asText(null));
    }

    UpstreamResponse response(UpstreamRequest edit, JsonNode accepted, JsonNode document) {
        return response(edit, accepted, new ByteArrayInputStream(bytes(document)));
    }

    private byte[] bytes(JsonNode document) {
        try {
            return mapper.writeValueAsBytes(document);
        } catch (IOException e) {
            throw new IllegalStateException("a document that was read cannot be written", e);
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
