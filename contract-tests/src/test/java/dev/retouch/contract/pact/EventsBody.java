package dev.retouch.contract.pact;

import java.nio.charset.StandardCharsets;

import au.com.dius.pact.consumer.dsl.BodyBuilder;
import au.com.dius.pact.core.model.ContentType;
import au.com.dius.pact.core.model.generators.Generators;
import au.com.dius.pact.core.model.matchingrules.MatchingRuleCategory;
import au.com.dius.pact.core.model.matchingrules.RegexMatcher;

/**
 * A stream of events in a pact, which knows it as text only: an example, and a pattern that any stream like it has to match.
 *
 * @param example the whole stream
 * @param pattern the whole stream of anybody
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
