package dev.retouch.contract.pact;

import au.com.dius.pact.provider.junit5.PactVerificationContext;
import au.com.dius.pact.provider.junitsupport.Provider;
import au.com.dius.pact.provider.junitsupport.loader.PactSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.mock.MockUpstream;

/**
 * The mock upstream satisfies the pacts written by the gateway, so that the gateway is not tested against a wrong model
 * of its upstream.
 */
@Provider(ConsumerPact.UPSTREAM)
@PactSource(PactsToKeep.class)
@TestInstance(Lifecycle.PER_CLASS)
class UpstreamPactProviderTest {

    private final MockUpstream upstream = MockUpstream.start();

    @BeforeEach
    void aim(PactVerificationContext context) {
        context.setTarget(new CallersTarget(upstream::origin));
        context.addStateChangeHandlers(new UpstreamStates(upstream));
    }

    @AfterEach
    void clear() {
        upstream.scenarios().clear();
    }

    @AfterAll
    void stop() {
        upstream.close();
    }

    @TestTemplate
    @ExtendWith(ConfiguredPacts.class)
    void keepsThePact(PactVerificationContext context) {
        context.verifyInteraction();
    }
}
