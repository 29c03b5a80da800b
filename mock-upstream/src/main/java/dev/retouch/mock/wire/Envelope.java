package dev.retouch.mock.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.error.ApiErrorException;
import dev.retouch.mock.wire.Answer.Document;

/** The error envelope; the only place that builds it. */
final class Envelope {

    Document of(ApiErrorException error) {
        ObjectNode envelope = JsonNodeFactory.instance.objectNode();
        envelope.putObject("error").put("message", error.sentence()).put("type", error.type())
                .put("param", error.param()).put("code", error.code());
        return Answer.json(error.status(), error.headers(), envelope);
    }
}
