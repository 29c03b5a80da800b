package dev.retouch.contract.pact;

import java.nio.charset.StandardCharsets;

import au.com.dius.pact.consumer.dsl.BodyBuilder;
import au.com.dius.pact.core.model.ContentType;
import au.com.dius.pact.core.model.generators.Generators;
import au.com.dius.pact.core.model.matchingrules.MatchingRuleCategory;
import au.com.dius.pact.core.model.matchingrules.RegexMatcher;

/**
 * An SSE stream in a pact, which only knows it as text: an example, and a pattern that every matching stream must
 * satisfy.
 *
 * @param example a complete stream
 * @param pattern the pattern of a complete stream
 */
record EventsBody(String example, String pattern) implements BodyBuilder {

    /** The pattern of one event whose data has these members, in any order, after comments if there are any. */
    static String event(String name, String... members) {
        StringBuilder pattern = new StringBuilder("(?::[^\\n]*\\n+)*event: ").append(name.replace(".", "\\."))
                .append("\\ndata: ");
        for (String member : members) {
            pattern.append("(?=[^\\n]*\"").append(member).append("\":)");
        }
        return pattern.append("\\{\"type\":\"").append(name.replace(".", "\\.")).append("\"[^\\n]*\\}\\n\\n")
                .toString();
    }

    @Override
    public MatchingRuleCategory getMatchers() {
        return new MatchingRuleCategory("body").addRule("$", new RegexMatcher(pattern));
    }

    @Override
    public Generators getGenerators() {
        return new Generators();
    }

    @Override
    public ContentType getContentType() {
        return new ContentType("text/event-stream");
    }

    @Override
    public byte[] buildBody() {
        return example.getBytes(StandardCharsets.UTF_8);
    }
}
