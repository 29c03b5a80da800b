package dev.retouch.contract.pact;

import java.net.URI;
import java.util.Map;
import java.util.function.Supplier;

import au.com.dius.pact.core.model.Interaction;
import au.com.dius.pact.core.model.Pact;
import au.com.dius.pact.provider.junit5.HttpTestTarget;
import kotlin.Pair;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.jspecify.annotations.Nullable;

/**
 * Sends each interaction to the provider that its states select, once. Pact's usual target waits as a refusal says and
 * retries until it is no longer refused.
 */
final class CallersTarget extends HttpTestTarget {

    private final Supplier<URI> provider;

    CallersTarget(Supplier<URI> provider) {
        this.provider = provider;
    }

    @Override
    public @Nullable Pair<Object, Object> prepareRequest(Pact pact, Interaction interaction,
            Map<String, Object> context) {
        URI address = provider.get();
        return new HttpTestTarget(address.getHost(), address.getPort(), "/",
                () -> _ -> HttpClients.custom().disableAutomaticRetries().build()).prepareRequest(pact, interaction,
                        context);
    }
}
