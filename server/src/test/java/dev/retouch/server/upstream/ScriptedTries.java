package dev.retouch.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.RelayedErrorException;

/** An upstream that does what it is told, one thing at a time, and answers well when it was told nothing. */
final class ScriptedTries implements Tries {

    /** One thing to do. */
    @FunctionalInterface
    interface Step {
        UpstreamAnswer run() throws FailedTryException;
    }

    private final String name;
    private final Deque<Step> script = new ArrayDeque<>();
    private Step usual = () -> answer(new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
    private int asked;

    ScriptedTries(String name) {
        this.name = name;
    }

    /** An answer that tells who gave it. */
    UpstreamAnswer answer(InputStream body) {
        return new UpstreamAnswer(false, OptionalLong.empty(), Optional.of(name), body);
    }

    synchronized ScriptedTries next(Step step) {
        script.add(step);
        return this;
    }

    synchronized ScriptedTries always(Step step) {
        usual = step;
        return this;
    }

    static Step failing(ErrorMessage message, Again again, Outcome outcome) {
        return failing(new ApiException(message), again, outcome);
    }

    static Step failing(ApiException told, Again again, Outcome outcome) {
        return () -> {
            throw new FailedTryException(told, again, outcome);
        };
    }

    static Step unreachable() {
        return failing(ErrorMessage.UPSTREAM_IS_UNREACHABLE, Again.ANYWHERE, Outcome.UNREACHABLE);
    }

    static Step timedOut() {
        return failing(new ApiException(ErrorMessage.UPSTREAM_TIMED_OUT).afterSending(), Again.ANYWHERE,
                Outcome.TIMED_OUT);
    }

    static Step refusing() {
        return () -> {
            throw new RelayedErrorException("no", "invalid_request_error", Optional.empty(), Optional.empty());
        };
    }

    @Override
    public UpstreamAnswer attempt(OutgoingEdit edit) throws FailedTryException {
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
