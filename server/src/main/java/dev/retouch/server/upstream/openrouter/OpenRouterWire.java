package dev.retouch.server.upstream.openrouter;

import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.server.answer.AnswerFormat;
import dev.retouch.server.answer.KnownMembersReader;
import dev.retouch.server.upstream.JsonImages;
import dev.retouch.server.upstream.KindTraits;
import dev.retouch.server.upstream.Redactor;
import dev.retouch.server.upstream.UpstreamErrors;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.Wire;
import dev.retouch.server.upstream.openai.ErrorRules;
import dev.retouch.server.upstream.openai.UpstreamErrorMapper;

/**
 * OpenRouter's image API. Some of its providers refuse {@code n}, so each image is a request. The answer has OpenAI's form, and states
 * the cost.
 */
public final class OpenRouterWire implements Wire {

    /** The traits of the kind. */
    public static final KindTraits TRAITS = new KindTraits("JSON with data URLs", "authorization: Bearer", "/images",
            KindTraits.Mask.NONE, KindTraits.Size.ASPECT, KindTraits.Count.FAN_OUT, KindTraits.Result.BASE64,
            KindTraits.Flow.ANSWER, KindTraits.Cost.REPORTED, Set.of("png", "jpeg", "webp"),
            Set.of("png", "jpeg", "webp"), 16, false, true, Set.of("quality", "background", "output_compression"));

    private static final Set<String> INTEGERS = Set.of("output_compression");

    private final UpstreamSettings settings;
    private final UpstreamErrors errors;
    private final ObjectMapper mapper = new ObjectMapper();

    /** OpenRouter with these settings. */
    public OpenRouterWire(UpstreamSettings settings, Redactor redactor, Clock clock) {
        this.settings = settings;
        this.errors = new UpstreamErrorMapper(redactor, clock,
                ErrorRules.withoutModel(_ -> Optional.empty(), UnaryOperator.identity()));
    }

    @Override
    public KindTraits traits() {
        return TRAITS;
    }

    @Override
    public Written write(UpstreamRequest edit) {
        JsonImages images = new JsonImages(true);
        ObjectNode document = mapper.createObjectNode().put("model", edit.model().at(settings)).put("prompt",
                edit.prompt());
        ArrayNode references = document.putArray("input_references");
        images.add(edit).forEach(url -> references.addObject().put("type", "image_url").putObject("image_url")
                .put("url", url));
        edit.parameters().forEach((name, value) -> parameter(document, name, value, edit));
        return new Written(settings.url() + "/images", "application/json", images.content(document));
    }

    private static void parameter(ObjectNode document, String name, String value, UpstreamRequest edit) {
        if (name.equals("size")) {
            edit.shape().ifPresent(shape -> {
                document.put("aspect_ratio", shape.ratio());
                if (!shape.resolution().isEmpty()) {
                    document.put("resolution", shape.resolution());
                }
            });
        } else if (INTEGERS.contains(name)) {
            document.put(name, Integer.parseInt(value));
        } else {
            document.put(name, value);
        }
    }

    /** Its list of models is public; this is what it says about the key. */
    @Override
    public Check check() {
        return new Check(settings.url() + "/key", true);
    }

    @Override
    public AnswerFormat answers() {
        return (source, held) -> new KnownMembersReader(AnswerFormat.OPENAI.reader(source, held));
    }

    @Override
    public UpstreamErrors errors() {
        return errors;
    }
}
