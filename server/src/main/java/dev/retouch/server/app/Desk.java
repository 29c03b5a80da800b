package dev.retouch.server.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;

import picocli.CommandLine;

import dev.retouch.server.api.AdminDocuments;
import dev.retouch.server.api.JsonWriter;
import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.key.Administration;

/** Where one command does its work: the open database, and the way to answer. */
final class Desk {

    /** Who writes the ledger here. No edit is ever begun in this name, so nobody has to look whether it still lives. */
    private static final String INSTANCE = "cli";

    private final Storage storage;
    private final Ledger ledger;
    private final String currency;
    private final Clock clock;
    private final CommandLine line;
    private final boolean json;

    /**
     * A desk for one command.
     *
     * @param clock the time here, with the zone that times are shown in
     * @param line whose streams are written to
     * @param json whether answers are documents instead of words
     */
    Desk(Storage storage, String currency, Clock clock, CommandLine line, boolean json) {
        this.storage = storage;
        this.ledger = new Ledger(storage.database(), clock, INSTANCE);
        this.currency = currency;
        this.clock = clock;
        this.line = line;
        this.json = json;
    }

    Storage storage() {
        return storage;
    }

    Administration administration() {
        return storage.administration();
    }

    Ledger ledger() {
        return ledger;
    }

    /** Every budget by its owner, for long lists. */
    Map<String, Budget> budgets() {
        return ledger.budgets().stream().collect(Collectors.toMap(Budget::owner, Function.identity()));
    }

    AdminDocuments documents() {
        return new AdminDocuments(ledger, currency);
    }

    Wording wording() {
        return new Wording(currency, clock.getZone());
    }

    String currency() {
        return currency;
    }

    Clock clock() {
        return clock;
    }

    /** Answers with a document or with words, whichever was asked for. */
    int answer(Supplier<?> document, Supplier<String> words) {
        PrintWriter out = line.getOut();
        if (json) {
            out.println(json(document.get()));
        } else {
            out.print(words.get());
        }
        out.flush();
        return 0;
    }

    /** Answers with words where words are asked for, and with nothing where a document is and there is none. */
    int answer(Supplier<String> words) {
        if (!json) {
            line.getOut().print(words.get());
            line.getOut().flush();
        }
        return 0;
    }

    /** Says something that was not asked for and should not be missed. */
    void note(String words) {
        line.getErr().println("retouch: " + words);
        line.getErr().flush();
    }

    boolean isJson() {
        return json;
    }

    /** The same JSON as over HTTP, because the same class writes it. */
    private static String json(Object document) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new JsonWriter().writeTo(document, document.getClass(), document.getClass(), new Annotation[0],
                    MediaType.APPLICATION_JSON_TYPE, new MultivaluedHashMap<>(), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
