package dev.retouch.contract.pact;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import au.com.dius.pact.consumer.dsl.HttpRequestBuilder;
import au.com.dius.pact.consumer.dsl.HttpResponseBuilder;
import au.com.dius.pact.consumer.dsl.PactBuilder;

/**
 * One interaction that a consumer needs.
 *
 * @param description what is asked, in words that no other interaction of the pact has
 * @param given what the provider has to have for it
 * @param request what the consumer sends
 * @param answer what it needs back
 */
record PactInteraction(String description, List<Given> given, UnaryOperator<HttpRequestBuilder> request,
        UnaryOperator<HttpResponseBuilder> answer) {

    /** A state of the provider, by its name in the guide. */
    record Given(String state, Map<String, Object> parameters) {}

    PactInteraction {
        given = List.copyOf(given);
    }

    /** One that takes nothing for granted. */
    static PactInteraction of(String description, UnaryOperator<HttpRequestBuilder> request,
            UnaryOperator<HttpResponseBuilder> answer) {
        return new PactInteraction(description, List.of(), request, answer);
    }

    /** The same where the provider is in a state. */
    PactInteraction given(String state, Map<String, Object> parameters) {
        List<Given> more = new ArrayList<>(given);
        more.add(new Given(state, Map.copyOf(parameters)));
        return new PactInteraction(description, more, request, answer);
    }

    /** The same where the provider is in a state that has no parameters. */
    PactInteraction given(String state) {
        return given(state, Map.of());
    }

    void addTo(PactBuilder pact) {
        pact.expectsToReceiveHttpInteraction(description, http -> {
            given.forEach(each -> http.state(each.state(), each.parameters()));
            return http.withRequest(request::apply).willRespondWith(answer::apply);
        });
    }
}
