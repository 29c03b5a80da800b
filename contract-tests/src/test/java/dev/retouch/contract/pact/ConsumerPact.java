package dev.retouch.contract.pact;

import java.net.URI;
import java.util.List;
import java.util.Objects;

import au.com.dius.pact.consumer.ConsumerPactRunnerKt;
import au.com.dius.pact.consumer.PactTestExecutionContext;
import au.com.dius.pact.consumer.PactVerificationResult;
import au.com.dius.pact.consumer.dsl.PactBuilder;
import au.com.dius.pact.consumer.model.MockProviderConfig;
import au.com.dius.pact.consumer.model.MockServerImplementation;
import au.com.dius.pact.core.model.PactSpecVersion;

/**
 * The expectations of a consumer towards a provider, from one test class. An interaction is written after the
 * consumer's code was seen to send it and to handle the response. Each class writes into a separate folder, because
 * classes run in several processes, which would overwrite a common file.
 *
 * @param consumer the consumer
 * @param provider the provider
 * @param subject the test class
 */
record ConsumerPact(String consumer, String provider, Class<?> subject) {

    static final String CLIENT = "retouch-client";
    static final String GATEWAY = "retouch-gateway";
    static final String SERVER = "retouch-server";
    static final String UPSTREAM = "image-upstream";

    private static final String HOST = "127.0.0.1";

    /** What the consumer does with the provider. */
    @FunctionalInterface
    interface Use {
        void of(URI provider) throws Exception;
    }

    /** Of the Java client with the gateway. */
    static ConsumerPact ofClient(Class<?> subject) {
        return new ConsumerPact(CLIENT, GATEWAY, subject);
    }

    /** Of the gateway with its upstream. */
    static ConsumerPact ofServer(Class<?> subject) {
        return new ConsumerPact(SERVER, UPSTREAM, subject);
    }

    /** Lets the consumer meet one interaction, on any port. */
    void needs(PactInteraction wish, Use use) {
        needs(0, List.of(wish), use);
    }

    /** Lets the consumer meet several interactions at once, on one port. */
    void needs(int port, List<PactInteraction> wishes, Use use) {
        PactBuilder pact = new PactBuilder(consumer, provider, PactSpecVersion.V4);
        wishes.forEach(wish -> wish.addTo(pact));
        PactVerificationResult result = ConsumerPactRunnerKt.runConsumerTest(pact.toPact(), MockProviderConfig
                .httpConfig(HOST, port, PactSpecVersion.V4, MockServerImplementation.JavaHttpServer, true),
                (server, context) -> {
                    PactTestExecutionContext writing = Objects.requireNonNull(context);
                    writing.setPactFolder(writing.getPactFolder() + "/" + subject.getSimpleName());
                    use.of(URI.create("http://" + HOST + ":" + server.getPort()));
                    return wishes;
                });
        switch (result) {
            case PactVerificationResult.Ok _ -> { // written down
            }
            case PactVerificationResult.Error error -> throw new AssertionError(
                    error.getError().getMessage() + "\n" + error.getMockServerState().getDescription(),
                    error.getError());
            default -> throw new AssertionError(result.getDescription());
        }
    }
}
