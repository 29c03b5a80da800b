package dev.retouch.server.upstream.xai;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.server.answer.AnswerFormat;
import dev.retouch.server.answer.KnownMembersReader;
import dev.retouch.server.answer.Refusal;
import dev.retouch.server.upstream.JsonImages;
import dev.retouch.server.upstream.KindTraits;
import dev.retouch.server.upstream.Redactor;
import dev.retouch.server.upstream.UpstreamErrors;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.Wire;
import dev.retouch.server.upstream.openai.ErrorRules;
import dev.retouch.server.upstream.openai.UpstreamErrorMapper;

/** xAI's image edits: JSON only, with {@code image.url} where OpenAI has {@code images[].image_url}. The answer states the cost in ticks. */
public final class XaiWire implements Wire {

    /** The traits of the kind. */
    public static final KindTraits TRAITS = new KindTraits("JSON with data URLs", "authorization: Bearer",
            "/images/edits", KindTraits.Mask.NONE, KindTraits.Size.ASPECT, KindTraits.Count.NATIVE,
            KindTraits.Result.BASE64, KindTraits.Flow.ANSWER, KindTraits.Cost.REPORTED, Set.of("png", "jpeg", "webp"),
            null, 3, false, true, Set.of("user"));

    private final UpstreamSettings settings;
    private final UpstreamErrors errors;
    private final ObjectMapper mapper = new ObjectMapper();

    /** xAI with these settings. */
    public XaiWire(UpstreamSettings settings, Redactor redactor, Clock clock) {
        this.settings = settings;
        this.errors = new UpstreamErrorMapper(redactor, clock,
                ErrorRules.withoutModel(_ -> Optional.empty(), XaiWire::reading));
    }

    /** Its code of a refusal is a sentence about the status; what it is about is in the message. */
    private static Refusal reading(Refusal refusal) {
        return refusal.message().toLowerCase(Locale.ROOT).contains("content moderation")
                ? ErrorRules.withCode(refusal, "moderation_blocked")
                : refusal;
    }

    @Override
    public KindTraits traits() {
        return TRAITS;
    }

    @Override
    public Written write(UpstreamRequest edit) {
        JsonImages images = new JsonImages(true);
        List<String> urls = images.add(edit);
        ObjectNode document = mapper.createObjectNode().put("model", edit.model().at(settings))
                .put("prompt", edit.prompt()).put("n", edit.count()).put("response_format", "b64_json");
        if (urls.size() == 1) {
            document.putObject("image").put("url", urls.getFirst()).put("type", "image_url");
        } else {
            urls.forEach(url -> document.withArray("images").addObject().put("url", url).put("type", "image_url"));
        }
        Optional.ofNullable(edit.parameters().get("user")).ifPresent(user -> document.put("user", user));
        edit.shape().ifPresent(shape -> {
            document.put("aspect_ratio", shape.ratio());
            if (!shape.resolution().isEmpty()) {
                document.put("resolution", shape.resolution().toLowerCase(Locale.ROOT));
            }
        });
        return new Written(settings.url() + "/images/edits", "application/json", images.content(document));
    }

    @Override
    public Check check() {
        return new Check(settings.url() + "/models", true);
    }

    @Override
    public AnswerFormat answers() {
        return (source, held) -> new KnownMembersReader(AnswerFormat.OPENAI.reader(source, held));
    }

    @Override
    public UpstreamErrors errors() {
        return errors;
    }

    @Override
    public boolean expiringLinks() {
        return true;
    }
}
