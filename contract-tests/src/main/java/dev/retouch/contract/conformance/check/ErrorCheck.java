package dev.retouch.contract.conformance.check;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** The answer is the one envelope of errors, with these words in it. */
public record ErrorCheck(Map<String, Wanted> fields) implements Check {

    public ErrorCheck {
        fields = new LinkedHashMap<>(fields);
    }

    @Override
    public void look(Evidence evidence, Findings findings) {
        JsonNode error = evidence.answer().json().map(json -> json.path("error")).orElse(MissingNode.getInstance());
        if (!error.isObject() || !error.path("message").isTextual() || !error.path("type").isTextual()
                || !textOrNull(error.path("param")) || !textOrNull(error.path("code"))) {
            findings.differs("error", "{\"error\": {message, type, param, code}}",
                    ValuesCheck.words(error.isMissingNode()
                            ? com.fasterxml.jackson.databind.node.TextNode.valueOf(evidence.answer().text())
                            : error));
            return;
        }
        if (!evidence.answer().type().equals("application/json")) {
            findings.differs("header content-type", "application/json", evidence.answer().type());
        }
        fields.forEach((field, wanted) -> {
            if (!wanted.fits(error.path(field), evidence.received())) {
                findings.differs("error." + field, wanted.words(), ValuesCheck.words(error.path(field)));
            }
        });
    }

    private static boolean textOrNull(JsonNode value) {
        return value.isTextual() || value.isNull();
    }
}
