package dev.retouch.server.upstream;

import java.time.Clock;

import org.eclipse.jetty.util.ssl.SslContextFactory;

import dev.retouch.server.secret.Secret;
import dev.retouch.server.upstream.openai.OpenAiWire;

/** An upstream in OpenAI's form that makes one attempt for each edit. */
final class OpenAiUpstream implements Upstream, UpstreamTransport, AutoCloseable {

    private final HttpUpstream http;

    OpenAiUpstream(UpstreamSettings settings, Secret key, Clock clock) {
        this(settings, key, clock, new SslContextFactory.Client());
    }

    OpenAiUpstream(UpstreamSettings settings, Secret key, Clock clock, SslContextFactory.Client tls) {
        http = new HttpUpstream(new HttpCalls(settings, tls), Credential.key("authorization", "Bearer ", key),
                new OpenAiWire(settings, new Redactor(key), clock));
    }

    @Override
    public KindTraits traits(ModelName model) {
        return http.traits(model);
    }

    @Override
    public UpstreamResponse send(UpstreamRequest edit) throws AttemptFailedException {
        return http.send(edit);
    }

    @Override
    public UpstreamCheck check() throws AttemptFailedException {
        return http.check();
    }

    @Override
    public UpstreamResponse edit(UpstreamRequest edit, Runnable beforeAttempt) {
        beforeAttempt.run();
        try {
            return send(FittedEdit.of(edit, traits(edit.model())).edit());
        } catch (AttemptFailedException e) {
            throw e.clientError();
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
