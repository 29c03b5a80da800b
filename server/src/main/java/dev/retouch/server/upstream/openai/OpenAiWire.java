package dev.retouch.server.upstream.openai;

import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.client.Request;

import dev.retouch.server.answer.AnswerFormat;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.upstream.KindTraits;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.Redactor;
import dev.retouch.server.upstream.RemoteImageRequest;
import dev.retouch.server.upstream.UpstreamErrors;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.UpstreamSettings.JsonEdits;
import dev.retouch.server.upstream.Wire;
import dev.retouch.server.upstream.WireSettings;

/** OpenAI's form, and the differences of servers that nearly have it: names of fields, the meaning of a mask, JSON only. */
public final class OpenAiWire implements Wire {

    private static final Set<String> FORMATS = Arrays.stream(ImageFormat.values()).map(ImageFormat::wireName)
            .collect(Collectors.toUnmodifiableSet());

    private final UpstreamSettings settings;
    private final KindTraits traits;
    private final UpstreamErrors errors;
    private final ObjectMapper mapper = new ObjectMapper();

    /** The form with the differences of these settings. */
    public OpenAiWire(UpstreamSettings settings, Redactor redactor, Clock clock) {
        this.settings = settings;
        this.errors = new UpstreamErrorMapper(redactor, clock);
        this.traits = traits(settings);
    }

    /** The traits of an upstream with these settings. */
    public static KindTraits traits(UpstreamSettings settings) {
        WireSettings wire = settings.wire();
        KindTraits.Mask mask = wire.maskMeans() == null ? KindTraits.Mask.ALPHA : wire.maskMeans();
        return new KindTraits(wire.jsonOnly() ? "JSON" : "form or JSON", "authorization: Bearer", "/images/edits", mask,
                KindTraits.Size.PIXELS, KindTraits.Count.NATIVE, KindTraits.Result.BASE64, KindTraits.Flow.ANSWER,
                KindTraits.Cost.LIST, Set.of("png", "jpeg", "webp"), FORMATS, 0, settings.streams(),
                mask == KindTraits.Mask.ALPHA, null);
    }

    @Override
    public KindTraits traits() {
        return traits;
    }

    @Override
    public Written write(UpstreamRequest edit) {
        return new Written(settings.url() + "/images/edits", "application/json, text/event-stream", content(edit));
    }

    private Request.Content content(UpstreamRequest edit) {
        String model = edit.model().at(settings);
        Map<String, String> parameters = new LinkedHashMap<>(edit.parameters());
        if (settings.wire().askBase64()) {
            parameters.put("response_format", "b64_json");
        }
        return switch (edit) {
            case RemoteImageRequest remote -> JsonEditWriter.of(remote, model, parameters, mapper);
            case LoadedImageRequest loaded -> {
                boolean json = settings.wire().jsonOnly() || (settings.jsonEdits() == JsonEdits.JSON && loaded.json());
                yield json
                        ? JsonEditWriter.of(loaded, model, parameters, mapper)
                        : MultipartEditWriter.of(loaded, model, parameters,
                                MultipartEditWriter.FieldNames.of(settings.wire()));
            }
        };
    }

    @Override
    public Check check() {
        return new Check(settings.url() + "/models", true);
    }

    @Override
    public AnswerFormat answers() {
        return AnswerFormat.OPENAI;
    }

    @Override
    public UpstreamErrors errors() {
        return errors;
    }
}
