package dev.retouch.contract.conformance.check;

import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.contract.conformance.wire.StreamEvent;

/** The document, or the data of every event, is what a schema of the contract describes. */
public record SchemaCheck(Schemas schemas, String name) implements Check {

    private static final int SHOWN = 200;

    @Override
    public void look(Evidence evidence, Findings findings) {
        if (!evidence.isStream()) {
            look("body", evidence.answer().json(), findings);
            return;
        }
        int number = 0;
        for (StreamEvent event : evidence.events()) {
            look("event " + ++number, event.json(), findings);
        }
    }

    private void look(String what, Optional<JsonNode> document, Findings findings) {
        if (document.isEmpty()) {
            findings.differs(what, "a JSON document", "something else");
            return;
        }
        schemas.mistakes(name, document.get()).stream().limit(5)
                .map(mistake -> mistake.length() > SHOWN ? mistake.substring(0, SHOWN) + "…" : mistake)
                .forEach(mistake -> findings.differs(what, "what the schema " + name + " describes", mistake));
    }
}
