package dev.retouch.contract.exchange;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/** The document's catalogue of errors: its codes, and what the gateway may say with each. */
final class Messages {

    private static final Pattern WORD = Pattern.compile("\\{[a-z]+}");

    /** A message with words to be filled in. */
    private record Template(String name, String text, String code, String param, Pattern pattern) {

        static Template of(String name, String text, JsonNode about) {
            StringBuilder pattern = new StringBuilder();
            int end = 0;
            for (MatchResult word : WORD.matcher(text).results().toList()) {
                // anything but the word itself, which the gateway has not filled in then
                pattern.append(Pattern.quote(text.substring(end, word.start()))).append("(?!")
                        .append(Pattern.quote(word.group())).append(")(?s:.*)");
                end = word.end();
            }
            pattern.append(Pattern.quote(text.substring(end)));
            return new Template(name, text, about.path("code").asText(), about.path("param").asText(),
                    Pattern.compile(pattern.toString()));
        }

        private int fixedLength() {
            return WORD.matcher(text).replaceAll("").length();
        }
    }

    private final JsonNode codes;
    private final List<Template> templates = new ArrayList<>();

    Messages(Document document) {
        codes = document.at("schemas", "ErrorCode").path("x-errors");
        JsonNode messages = document.at("schemas", "ErrorMessage");
        for (int i = 0; i < messages.path("enum").size(); i++) {
            String name = messages.path("x-enum-varnames").get(i).asText();
            templates.add(Template.of(name, messages.path("enum").get(i).asText(),
                    messages.path("x-messages").path(name)));
        }
    }

    /** What the document says about a code, or nothing. */
    Optional<JsonNode> code(String code) {
        return Optional.ofNullable(codes.get(code));
    }

    /** The name of the message that an error has, which must be one of its code and parameter. */
    Optional<String> nameOf(JsonNode error) {
        String message = error.path("message").asText();
        return templates.stream().filter(template -> template.code().equals(error.path("code").asText()))
                .filter(template -> template.param().isEmpty() || template.param().equals(error.path("param").asText()))
                .filter(template -> template.pattern().matcher(message).matches())
                .max(Comparator.comparingInt(Template::fixedLength)).map(Template::name);
    }
}
