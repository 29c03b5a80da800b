package dev.retouch.contract.conformance.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** Tokens in, by kind, out, and in all, that add up. */
public record UsageCheck() implements Check {

    @Override
    public void look(Evidence evidence, Findings findings) {
        JsonNode usage = evidence.isStream()
                ? evidence.events().stream().filter(event -> event.name().equals("image_edit.completed"))
                        .flatMap(event -> event.json().stream()).map(json -> json.path("usage")).findFirst()
                        .orElse(MissingNode.getInstance())
                : evidence.answer().json().map(json -> json.path("usage")).orElse(MissingNode.getInstance());
        if (!usage.isObject()) {
            findings.differs("usage", "tokens", ValuesCheck.words(usage));
            return;
        }
        positive(usage, "input_tokens", findings);
        positive(usage, "output_tokens", findings);
        long in = usage.path("input_tokens").asLong();
        long inByKind = usage.at("/input_tokens_details/image_tokens").asLong()
                + usage.at("/input_tokens_details/text_tokens").asLong();
        if (in != inByKind) {
            findings.differs("usage.input_tokens", "the sum of its kinds, " + inByKind, String.valueOf(in));
        }
        long sum = in + usage.path("output_tokens").asLong();
        if (usage.path("total_tokens").asLong() != sum) {
            findings.differs("usage.total_tokens", String.valueOf(sum), ValuesCheck.words(usage.path("total_tokens")));
        }
    }

    private static void positive(JsonNode usage, String field, Findings findings) {
        if (usage.path(field).asLong() <= 0) {
            findings.differs("usage." + field, "more than none", ValuesCheck.words(usage.path(field)));
        }
    }
}
