package dev.retouch.mock.moderation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;

import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.DataUrl;

/** The input of a verdict: texts, and images by their digest. Images by URL are not downloaded. */
record ModerationInput(List<String> texts, Set<String> imageSha256s, Set<String> types) {

    private static final String TEXT = "text";
    private static final String IMAGE = "image";

    ModerationInput {
        texts = List.copyOf(texts);
        imageSha256s = Set.copyOf(imageSha256s);
        types = Set.copyOf(types);
    }

    /** Reads the inputs: a string is an input, an array of strings has an input for each, an array of objects is a single input. */
    static List<ModerationInput> read(JsonNode input) {
        if (input.isMissingNode() || input.isNull()) {
            throw ProviderErrors.missing("input");
        }
        if (input.isTextual()) {
            return List.of(ofText(input.textValue()));
        }
        if (!input.isArray() || input.isEmpty()) {
            throw ProviderErrors.wrongType("input", "a string or an array", "something else");
        }
        if (input.get(0).isObject()) {
            return List.of(ofObjects(input));
        }
        List<ModerationInput> inputs = new ArrayList<>();
        for (JsonNode each : input) {
            if (!each.isTextual()) {
                throw ProviderErrors.wrongType("input[" + inputs.size() + "]", "a string", "something else");
            }
            inputs.add(ofText(each.textValue()));
        }
        return inputs;
    }

    private static ModerationInput ofText(String text) {
        return new ModerationInput(List.of(text), Set.of(), Set.of(TEXT));
    }

    private static ModerationInput ofObjects(JsonNode input) {
        List<String> texts = new ArrayList<>();
        Set<String> digests = new LinkedHashSet<>();
        Set<String> types = new LinkedHashSet<>();
        for (int i = 0; i < input.size(); i++) {
            JsonNode each = input.get(i);
            switch (each.path("type").asText()) {
                case "text" -> {
                    texts.add(each.path("text").asText());
                    types.add(TEXT);
                }
                case "image_url" -> {
                    digest(each.path("image_url").path("url"), "input[" + i + "].image_url.url", digests);
                    types.add(IMAGE);
                }
                default -> throw ProviderErrors.notAmong("input[" + i + "].type", each.path("type").asText(),
                        List.of("text", "image_url"));
            }
        }
        return new ModerationInput(texts, digests, types);
    }

    private static void digest(JsonNode url, String parameter, Set<String> digests) {
        if (url instanceof POJONode node && node.getPojo() instanceof DataUrl data) {
            digests.add(data.bytes().orElseThrow(() -> ProviderErrors.badRequest(
                    "Invalid '" + parameter + "': the data URL is not valid base64.", parameter,
                    "invalid_base64_image")).sha256());
        } else if (!url.isTextual()) {
            throw ProviderErrors.missing(parameter);
        }
    }
}
