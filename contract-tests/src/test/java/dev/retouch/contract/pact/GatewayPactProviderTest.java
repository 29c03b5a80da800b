package dev.retouch.contract.pact;

import java.io.IOException;
import java.util.Optional;

import au.com.dius.pact.core.model.Interaction;
import au.com.dius.pact.provider.junit5.PactVerificationContext;
import au.com.dius.pact.provider.junitsupport.Provider;
import au.com.dius.pact.provider.junitsupport.loader.PactSource;
import org.apache.hc.core5.http.HttpRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;

/**
 * The gateway satisfies the pacts of its clients: those of this project, those in {@code contract-tests/pacts}, and
 * those of a broker. Interactions without states use the shared gateway, or a deployed one.
 */
@Provider(ConsumerPact.GATEWAY)
@PactSource(PactsToKeep.class)
@ExtendWith(Gateways.class)
@TestInstance(Lifecycle.PER_CLASS)
class GatewayPactProviderTest {

    private static final String KEY = "Authorization";

    private final Endpoint usual;
    private Optional<ProviderStates> stage = Optional.empty();

    GatewayPactProviderTest(Endpoint gateway) {
        usual = gateway;
    }

    @BeforeEach
    void aim(PactVerificationContext context) {
        if (context.getInteraction().getProviderStates().isEmpty()) {
            context.setTarget(new CallersTarget(usual::baseUrl));
            return;
        }
        Gateways.ownOnly();
        ProviderStates set = stage.orElseGet(ProviderStates::new);
        stage = Optional.of(set);
        context.addStateChangeHandlers(new KeyStates(set), new TroubleStates(set));
        context.setTarget(new CallersTarget(() -> set.caller().baseUrl()));
    }

    /** The pact knows that there is a key, not which. */
    @TestTemplate
    @ExtendWith(ConfiguredPacts.class)
    void keepsThePact(PactVerificationContext context, HttpRequest request, Interaction interaction) {
        if (request.containsHeader(KEY)) {
            Endpoint caller = interaction.getProviderStates().isEmpty() ? usual : stage.orElseThrow().caller();
            request.setHeader(KEY, "Bearer " + caller.key());
        }
        context.verifyInteraction();
    }

    @AfterEach
    void clear() throws Exception {
        if (stage.isPresent()) {
            stage.get().clear();
        }
    }

    @AfterAll
    void close() throws IOException {
        if (stage.isPresent()) {
            stage.get().close();
        }
    }
}
