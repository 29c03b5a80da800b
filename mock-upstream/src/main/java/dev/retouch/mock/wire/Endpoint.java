package dev.retouch.mock.wire;

import java.io.IOException;

/** Handles a kind of request. Rejects by throwing {@link dev.retouch.mock.error.ApiErrorException}. */
@FunctionalInterface
public interface Endpoint {

    Answer answer(EndpointRequest call) throws IOException;
}
