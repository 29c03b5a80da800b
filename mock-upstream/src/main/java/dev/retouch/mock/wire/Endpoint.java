package dev.retouch.mock.wire;

import java.io.IOException;

/** Answers one kind of request. Refuses by throwing {@link dev.retouch.mock.error.ApiError}. */
@FunctionalInterface
public interface Endpoint {

    Answer answer(Call call) throws IOException;
}
