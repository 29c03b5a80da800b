package dev.retouch.contract;

import au.com.dius.pact.provider.junit5.HttpTestTarget;
import au.com.dius.pact.provider.junit5.PactVerificationContext;
import au.com.dius.pact.provider.junit5.PactVerificationInvocationContextProvider;
import au.com.dius.pact.provider.junitsupport.Provider;
import au.com.dius.pact.provider.junitsupport.loader.PactFolder;
import org.apache.hc.core5.http.HttpRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;

/** The gateway keeps the pacts that its clients wrote. */
@Provider(ClientPactTest.PROVIDER)
@PactFolder("target/pacts")
@ExtendWith(Gateways.class)
class GatewayPactProviderTest {

    private final Endpoint gateway;

    GatewayPactProviderTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    @BeforeEach
    void aim(PactVerificationContext context) {
        context.setTarget(new HttpTestTarget(gateway.baseUrl().getHost(), gateway.baseUrl().getPort()));
    }

    @TestTemplate
    @ExtendWith(PactVerificationInvocationContextProvider.class)
    void keepsThePact(PactVerificationContext context, HttpRequest request) {
        // the pact knows that there is a key, not which
        request.setHeader("Authorization", "Bearer " + gateway.key());
        context.verifyInteraction();
    }
}
