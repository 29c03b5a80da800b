package dev.retouch.contract.conformance.check;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Headers of the answer, or values in its document. */
public final class ValuesCheck implements Check {

    private static final int SHOWN = 120;

    private final boolean headers;
    private final Map<String, Wanted> wanted;

    private ValuesCheck(boolean headers, Map<String, Wanted> wanted) {
        this.headers = headers;
        this.wanted = new LinkedHashMap<>(wanted);
    }

    /** By the names of headers. */
    public static ValuesCheck ofHeaders(Map<String, Wanted> wanted) {
        return new ValuesCheck(true, wanted);
    }

    /** By JSON pointers. */
    public static ValuesCheck ofDocument(Map<String, Wanted> wanted) {
        return new ValuesCheck(false, wanted);
    }

    @Override
    public void look(Evidence evidence, Findings findings) {
        JsonNode document = evidence.answer().json().orElse(MissingNode.getInstance());
        if (!headers && document.isMissingNode()) {
            findings.differs("body", "a JSON document", words(TextNode.valueOf(evidence.answer().text())));
            return;
        }
        wanted.forEach((name, wish) -> {
            JsonNode got = headers
                    ? evidence.answer().header(name).<JsonNode>map(TextNode::valueOf).orElse(MissingNode.getInstance())
                    : document.at(name);
            if (!wish.fits(got, evidence.received())) {
                findings.differs(headers ? "header " + name : name, wish.words(), words(got));
            }
        });
    }

    /** Formats a value for a sentence. */
    static String words(JsonNode got) {
        if (got.isMissingNode()) {
            return "nothing";
        }
        if (got.isArray()) {
            return "an array of " + got.size();
        }
        String text = got.toString();
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
