package dev.retouch.mock.wire;

import java.util.Map;
import java.util.Optional;

import dev.retouch.mock.error.ApiErrorException;
import dev.retouch.mock.journal.Journal;
import dev.retouch.mock.journal.JournalJson;

/** {@code /mock/journal}: what was received. */
public final class JournalEndpoint {

    private final Journal journal;
    private final JournalJson json = new JournalJson();

    public JournalEndpoint(Journal journal) {
        this.journal = journal;
    }

    public Answer show(EndpointRequest call) {
        return Answer.json(json.of(journal));
    }

    public Answer clear(EndpointRequest call) {
        journal.clear();
        return show(call);
    }

    public Answer part(EndpointRequest call) {
        String sequence = call.variable("sequence");
        String index = call.variable("index");
        byte[] bytes = number(sequence).flatMap(seq -> number(index).flatMap(i -> journal.part(seq, i.intValue())))
                .orElseThrow(() -> new ApiErrorException(404, "invalid_request_error",
                        "The bytes of this part were not kept. "
                                + "Keeping them is off unless switched on, and the oldest are given up first.",
                        null,
                        "not_kept", Map.of()));
        return new Answer.Document(200, Map.of(), "application/octet-stream", out -> out.write(bytes));
    }

    private static Optional<Long> number(String text) {
        boolean digits = !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }
}
