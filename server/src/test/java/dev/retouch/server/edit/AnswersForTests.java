package dev.retouch.server.edit;

import java.time.Duration;

import com.fasterxml.jackson.core.JsonFactory;

import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorDocuments;
import dev.retouch.server.image.Spool;

/** Parts of an answer with the real contract behind them. */
final class AnswersForTests {

    private AnswersForTests() {}

    static ErrorEvents errors() {
        return new ErrorEvents(new ErrorDocuments(new ErrorCatalogue(new ContractDocument().schemas())));
    }

    static EventRelay relay(JsonFactory json, Spool spool) {
        return new EventRelay(json, spool, errors(), Duration.ZERO);
    }
}
