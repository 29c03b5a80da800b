package dev.retouch.server.upstream.openai;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.eclipse.jetty.client.Response;

import dev.retouch.server.answer.Refusal;
import dev.retouch.server.answer.RefusalPolicy;
import dev.retouch.server.answer.RefusalReader;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.upstream.AttemptFailedException;
import dev.retouch.server.upstream.AttemptOutcome;
import dev.retouch.server.upstream.Redactor;
import dev.retouch.server.upstream.RetryAfter;
import dev.retouch.server.upstream.RetryScope;
import dev.retouch.server.upstream.UpstreamErrors;

/**
 * Maps an upstream's error response to a failure. Its words about the request reach the client in whatever shape they are written, without
 * what is the gateway's; what it says about the gateway's key or account does not.
 */
public final class UpstreamErrorMapper implements UpstreamErrors {

    private static final int MAX_BYTES = 64 * 1024;
    /** Of these, a page of a proxy speaks about the request too; a page or text with status 404 is about a wrong address. */
    private static final Set<Integer> PAGE_STATUSES = Set.of(400, 413, 415, 422);
    private static final Pattern TITLE = Pattern.compile("<(title|h1)[^>]*>([^<]{1,500})<", Pattern.CASE_INSENSITIVE);
    private static final Refusal WORDLESS = new Refusal("", null, null, null, 0);
    /** Names of the header with the upstream's id of the request. */
    private static final List<String> REQUEST_IDS = List.of("x-request-id", "apim-request-id", "x-fal-request-id");

    private final Redactor redactor;
    private final RefusalPolicy refusals;
    private final Clock clock;
    private final ErrorRules rules;
    private final ObjectMapper mapper = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Maps errors in OpenAI's form. */
    public UpstreamErrorMapper(Redactor redactor, Clock clock) {
        this(redactor, clock, ErrorRules.OPENAI);
    }

    /**
     * Maps errors of another kind.
     *
     * @param redactor removes the gateway's key and account
     * @param clock the time, to read dates of {@code retry-after}
     * @param rules how the errors differ from OpenAI's
     */
    public UpstreamErrorMapper(Redactor redactor, Clock clock, ErrorRules rules) {
        this.rules = rules;
        this.redactor = redactor;
        this.refusals = new RefusalPolicy(redactor::message);
        this.clock = clock;
    }

    @Override
    public RefusalPolicy refusals() {
        return refusals;
    }

    @Override
    public Optional<String> requestId(Response response) {
        return REQUEST_IDS.stream().flatMap(name -> redactor.requestId(response.getHeaders().get(name)).stream())
                .findFirst();
    }

    @Override
    public String words(int status, byte[] body) {
        return refusals.redacted(parsed(body, status).refusal().message());
    }

    @Override
    public AttemptFailedException toFailure(Response response, InputStream body) throws IOException {
        return mapped(response, body).withStatus(response.getStatus());
    }

    private AttemptFailedException mapped(Response response, InputStream body) throws IOException {
        int status = response.getStatus();
        Words words = parsed(body.readNBytes(MAX_BYTES), status);
        Refusal refusal = rules.reading().apply(words.refusal());
        Map<String, String> headers = requestId(response).map(id -> Map.of(REQUEST_ID, id)).orElse(Map.of());
        RefusalPolicy.Subject subject = status < 400
                ? RefusalPolicy.Subject.FAILURE
                : refusals.subject(refusal, status);
        if (subject == RefusalPolicy.Subject.GATEWAY) {
            return new AttemptFailedException(
                    new ApiException(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS).withHeaders(headers),
                    RetryScope.OTHER_UPSTREAM, AttemptOutcome.CREDENTIALS);
        }
        boolean refused = subject == RefusalPolicy.Subject.CONTENT
                || (rules.refusals().contains(status) && !refusal.message().isEmpty());
        if (refused && refusals.failure(refusal, status) instanceof UpstreamRefusalException relayed) {
            throw relayed.withHeaders(headers).withUpstreamStatus(status);
        }
        if (rules.notServed().contains(status)) {
            return new AttemptFailedException(
                    new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT)
                            .withCause(new IOException("the upstream answered " + status)).withHeaders(headers),
                    RetryScope.OTHER_UPSTREAM, AttemptOutcome.FAILED);
        }
        return failed(response, words.document(), headers);
    }

    private AttemptFailedException failed(Response response, JsonNode document, Map<String, String> headers) {
        String advice = response.getHeaders().get("x-should-retry");
        RetryScope unlessAdvised = "false".equalsIgnoreCase(advice) ? RetryScope.NONE : RetryScope.ANY_UPSTREAM;
        int status = response.getStatus();
        if (status == 429) {
            return new AttemptFailedException(
                    after(ErrorMessage.UPSTREAM_LIMITS_RATE, response, document).withHeaders(headers),
                    "false".equalsIgnoreCase(advice) ? RetryScope.OTHER_UPSTREAM : RetryScope.ANY_UPSTREAM,
                    AttemptOutcome.LIMITED);
        }
        if (status == 503 || status == 529) {
            return new AttemptFailedException(
                    after(ErrorMessage.UPSTREAM_IS_OVERLOADED, response, document).withHeaders(headers),
                    unlessAdvised, AttemptOutcome.OVERLOADED);
        }
        boolean timedOut = status == 408 || status == 504 || status == 524;
        ApiException failure = new ApiException(
                timedOut ? ErrorMessage.UPSTREAM_TIMED_OUT : ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT)
                .withCause(new IOException("the upstream answered " + status)).withHeaders(headers);
        AttemptOutcome outcome = timedOut ? AttemptOutcome.TIMED_OUT : AttemptOutcome.FAILED;
        if (!timedOut && "true".equalsIgnoreCase(advice)) {
            return new AttemptFailedException(failure, RetryScope.ANY_UPSTREAM, outcome);
        }
        return isEvidence(status)
                ? new AttemptFailedException(failure, RetryScope.NONE, outcome)
                : new AttemptFailedException(failure.afterDispatch(), RetryScope.NONE, outcome);
    }

    /** Whether a status says that nothing ran: a redirect, or a refusal that is not about time. */
    private static boolean isEvidence(int status) {
        return status >= 300 && status < 500 && status != 408 && status != 499;
    }

    /** What a body says, and the document that says it; missing if it is none. */
    private record Words(Refusal refusal, JsonNode document) {}

    /** The words of a body in any shape; without words where there are none. */
    private Words parsed(byte[] body, int status) {
        String text = new String(body, StandardCharsets.UTF_8).replaceFirst("^\\uFEFF", "").strip();
        try {
            JsonNode tree = mapper.readTree(text);
            // Google writes its error into a list of one if the request could have been a stream
            JsonNode document = tree.isArray() && tree.size() == 1 ? tree.get(0) : tree;
            return new Words(RefusalReader.inDocument(document).orElse(WORDLESS), document);
        } catch (JsonProcessingException e) {
            return new Words(text.startsWith("{") || text.startsWith("[") ? WORDLESS : ofPageOrText(text, status),
                    MissingNode.getInstance());
        }
    }

    private static Refusal ofPageOrText(String text, int status) {
        if (text.startsWith("<")) {
            Matcher title = TITLE.matcher(text);
            boolean speaks = PAGE_STATUSES.contains(status) && title.find();
            return speaks ? new Refusal(title.group(2).strip(), null, null, null, 0) : WORDLESS;
        }
        boolean readable = status != 404 && !text.isEmpty()
                && text.chars().noneMatch(c -> c == '\uFFFD' || (c < ' ' && c > 0 && c != '\n'
                        && c != '\r' && c != '\t'));
        return readable ? new Refusal(text, null, null, null, 0) : WORDLESS;
    }

    private ApiException after(ErrorMessage message, Response response, JsonNode document) {
        ApiException failure = new ApiException(message);
        return RetryAfter.of(response.getHeaders(), clock).or(() -> rules.retryHint().apply(document))
                .map(failure::retryAfter).orElse(failure);
    }
}
