package dev.retouch.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

import dev.retouch.server.answer.AnswerFormat;
import dev.retouch.server.answer.RefusalPolicy;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.upstream.openai.OpenAiWire;

/** A scripted upstream; it succeeds if its script is empty. */
final class ScriptedTries implements UpstreamTransport {

    /** One thing to do. */
    @FunctionalInterface
    interface Step {
        UpstreamResponse run() throws AttemptFailedException;
    }

    private final KindTraits traits = OpenAiWire.traits(Provided.at(URI.create("http://localhost/v1")).settings());
    private final String name;
    private final Deque<Step> script = new ArrayDeque<>();
    private Step usual = () -> answer(new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
    private int asked;

    ScriptedTries(String name) {
        this.name = name;
    }

    @Override
    public KindTraits traits(ModelName model) {
        return traits;
    }

    @Override
    public UpstreamCheck check() {
        return new UpstreamCheck(200, true, Optional.empty(), "");
    }

    /** A response that names the upstream that sent it. */
    UpstreamResponse answer(InputStream body) {
        return new UpstreamResponse(false, AnswerFormat.OPENAI, new RefusalPolicy(text -> text), Optional.of(name),
                body, UpstreamResponse.Notes.NONE, false);
    }

    synchronized ScriptedTries next(Step step) {
        script.add(step);
        return this;
    }

    synchronized ScriptedTries always(Step step) {
        usual = step;
        return this;
    }

    static Step failing(ErrorMessage message, RetryScope again, AttemptOutcome outcome) {
        return failing(new ApiException(message), again, outcome);
    }

    static Step failing(ApiException told, RetryScope again, AttemptOutcome outcome) {
        return () -> {
            throw new AttemptFailedException(told, again, outcome);
        };
    }

    static Step unreachable() {
        return failing(ErrorMessage.UPSTREAM_IS_UNREACHABLE, RetryScope.ANY_UPSTREAM, AttemptOutcome.UNREACHABLE);
    }

    static Step timedOut() {
        return failing(new ApiException(ErrorMessage.UPSTREAM_TIMED_OUT).afterDispatch(), RetryScope.ANY_UPSTREAM,
                AttemptOutcome.TIMED_OUT);
    }

    static Step refusing() {
        return () -> {
            throw new UpstreamRefusalException("no", "invalid_request_error", Optional.empty(), Optional.empty());
        };
    }

    @Override
    public UpstreamResponse send(UpstreamRequest edit) throws AttemptFailedException {
        Step step;
        synchronized (this) {
            asked++;
            step = script.isEmpty() ? usual : script.poll();
        }
        return step.run();
    }

    synchronized int asked() {
        return asked;
    }
}
