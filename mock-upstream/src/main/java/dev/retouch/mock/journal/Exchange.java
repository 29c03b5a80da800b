package dev.retouch.mock.journal;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.mock.intake.FormPart;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.scenario.Script;

/** A request in flight, written by the thread that serves it and read by threads that read the journal. */
public final class Exchange {

    private static final String EDITS = "/v1/images/edits";

    private final long sequence;
    private final Clock clock;
    private final Instant begun;
    private final String method;
    private final String path;
    private final @Nullable String query;
    private final List<JournalEntry.Header> headers;
    private final KeptBodies keptBodies;

    private List<JournalEntry.Part> form = List.of();
    private @Nullable JsonNode json;
    private Script script = Script.none();
    private int status;
    private Outcome outcome = Outcome.IN_FLIGHT;
    private @Nullable Instant ended;

    Exchange(long sequence, Clock clock, Arrival arrival, KeptBodies keptBodies) {
        this.sequence = sequence;
        this.clock = clock;
        this.begun = clock.instant();
        this.method = arrival.method();
        this.path = arrival.path();
        this.query = arrival.query().orElse(null);
        this.headers = arrival.headers();
        this.keptBodies = keptBodies;
    }

    /** The properties of a request that are known before its body. */
    public record Arrival(String method, String path, Optional<String> query, List<JournalEntry.Header> headers) {

        public Arrival {
            headers = List.copyOf(headers);
        }

        /** A header with credentials redacted, for the journal. */
        public static JournalEntry.Header header(String name, String value) {
            return JournalEntry.Header.received(name, value);
        }
    }

    public synchronized void scripted(Script applied) {
        script = applied;
    }

    public void received(RequestBody body) throws IOException {
        switch (body) {
            case RequestBody.Form(List<FormPart> parts) -> receivedForm(parts);
            case RequestBody.Json(JsonNode document) -> receivedJson(document);
            case RequestBody.Empty() -> {}
        }
    }

    private void receivedForm(List<FormPart> parts) throws IOException {
        List<JournalEntry.Part> seen = new ArrayList<>();
        for (FormPart part : parts) {
            seen.add(new JournalEntry.Part(seen.size(), part.name(), part.filename(), part.contentType(),
                    part.bytes().size(), part.bytes().sha256(), part.text()));
        }
        keptBodies.keep(sequence, parts);
        synchronized (this) {
            form = List.copyOf(seen);
        }
    }

    private synchronized void receivedJson(JsonNode document) {
        json = document;
    }

    public synchronized void answering(int answerStatus) {
        status = answerStatus;
    }

    /** Returns whether this was still in flight. */
    synchronized boolean ended(Outcome how) {
        boolean first = outcome == Outcome.IN_FLIGHT;
        outcome = how;
        ended = clock.instant();
        return first;
    }

    boolean isEdit() {
        return method.equals("POST") && path.equals(EDITS);
    }

    synchronized JournalEntry entry() {
        Instant until = ended == null ? clock.instant() : ended;
        return new JournalEntry(sequence, begun, method, path, Optional.ofNullable(query), headers, form,
                Optional.ofNullable(json), script.descriptions(), status, Duration.between(begun, until), outcome);
    }
}
