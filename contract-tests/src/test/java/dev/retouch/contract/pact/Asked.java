package dev.retouch.contract.pact;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import au.com.dius.pact.consumer.dsl.HttpRequestBuilder;
import au.com.dius.pact.consumer.dsl.LambdaDsl;
import au.com.dius.pact.consumer.dsl.LambdaDslJsonBody;
import au.com.dius.pact.consumer.dsl.Matchers;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;

/** Requests as pacts write them down. That there is a key matters in them, and not which. */
final class Asked {

    static final String EDITS = Endpoint.EDITS;
    static final String QUOTES = EDITS + "/quote";

    private Asked() {}

    /** A form, part by part, and whatever its boundary. */
    static UnaryOperator<HttpRequestBuilder> form(String path, Form form) {
        return request -> withKey(request).method("POST").path(path)
                .header("content-type", Matchers.regexp("multipart/form-data; *boundary=.+", form.contentType()))
                .body(form.bytes(), form.contentType());
    }

    /** A JSON document. */
    static UnaryOperator<HttpRequestBuilder> json(String path, Consumer<LambdaDslJsonBody> body) {
        return request -> withKey(request).method("POST").path(path).header("Content-Type", "application/json")
                .body(LambdaDsl.newJsonBody(body).build());
    }

    /** A JSON document that was written already. */
    static UnaryOperator<HttpRequestBuilder> text(String path, String json) {
        return request -> withKey(request).method("POST").path(path)
                .body(json, "application/json");
    }

    static UnaryOperator<HttpRequestBuilder> get(String path) {
        return request -> withKey(request).method("GET").path(path);
    }

    static HttpRequestBuilder withKey(HttpRequestBuilder request) {
        return request.header("Authorization", Matchers.regexp("Bearer .+", "Bearer sk-pact"));
    }
}
