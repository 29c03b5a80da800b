package dev.retouch.contract;

import au.com.dius.pact.provider.junit5.HttpTestTarget;
import au.com.dius.pact.provider.junit5.PactVerificationContext;
import au.com.dius.pact.provider.junit5.PactVerificationInvocationContextProvider;
import au.com.dius.pact.provider.junitsupport.Provider;
import au.com.dius.pact.provider.junitsupport.loader.PactFolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.mock.MockUpstream;

/** The mock upstream keeps the pacts that the gateway wrote; else the gateway would be tested against something of its own mind. */
@Provider(UpstreamPactTest.PROVIDER)
@PactFolder("target/pacts")
@TestInstance(Lifecycle.PER_CLASS)
class UpstreamPactProviderTest {

    private final MockUpstream upstream = MockUpstream.start();

    @AfterAll
    void stop() {
        upstream.close();
    }

    @BeforeEach
    void aim(PactVerificationContext context) {
        context.setTarget(new HttpTestTarget(upstream.origin().getHost(), upstream.port()));
    }

    @TestTemplate
    @ExtendWith(PactVerificationInvocationContextProvider.class)
    void keepsThePact(PactVerificationContext context) {
        context.verifyInteraction();
    }
}
