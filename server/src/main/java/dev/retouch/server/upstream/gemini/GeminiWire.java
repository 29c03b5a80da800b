package dev.retouch.server.upstream.gemini;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.server.answer.AnswerFormat;
import dev.retouch.server.answer.Refusal;
import dev.retouch.server.upstream.KindTraits;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.Redactor;
import dev.retouch.server.upstream.UpstreamErrors;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.Wire;
import dev.retouch.server.upstream.WireSettings;
import dev.retouch.server.upstream.openai.ErrorRules;
import dev.retouch.server.upstream.openai.UpstreamErrorMapper;

/** Google's {@code generateContent}, at the Gemini API and at Vertex AI. */
public final class GeminiWire implements Wire {

    /** The traits of the Gemini API. */
    public static final KindTraits TRAITS = traits("x-goog-api-key", "/models/{model}:generateContent");
    /** The traits of Vertex AI. */
    public static final KindTraits VERTEX_TRAITS = traits("authorization: Bearer, or x-goog-api-key",
            "/projects/{project}/locations/{location}/publishers/google/models/{model}:generateContent");

    private static final Pattern DELAY = Pattern.compile("(\\d{1,6})(?:\\.(\\d{1,9}))?s");
    /** Reasons of a 400 that are about the project of the key, and not about the edit. */
    private static final Set<String> OF_THE_ACCOUNT = Set.of("FAILED_PRECONDITION", "API_KEY_INVALID");

    private final UpstreamSettings settings;
    private final KindTraits traits;
    private final String folder;
    private final UpstreamErrors errors;
    private final GeminiEditWriter writer = new GeminiEditWriter();

    private GeminiWire(UpstreamSettings settings, KindTraits traits, String folder, Redactor redactor, Clock clock) {
        this.settings = settings;
        this.traits = traits;
        this.folder = folder;
        UnaryOperator<Refusal> reading = refusal -> refusal.code() != null && OF_THE_ACCOUNT.contains(refusal.code())
                ? ErrorRules.withCode(refusal, "permission_denied")
                : refusal;
        this.errors = new UpstreamErrorMapper(redactor, clock,
                ErrorRules.withoutModel(GeminiWire::retryDelay, reading));
    }

    /** The Gemini API. */
    public static GeminiWire gemini(UpstreamSettings settings, Redactor redactor, Clock clock) {
        return new GeminiWire(settings, TRAITS, "/models/", redactor, clock);
    }

    /** Vertex AI: the model in a project and a location, or without both if the key is an express key. */
    public static GeminiWire vertex(UpstreamSettings settings, Redactor redactor, Clock clock) {
        WireSettings wire = settings.wire();
        String location = wire.location();
        String folder = wire.project() == null
                ? "/publishers/google/models/"
                : "/projects/" + wire.project() + "/locations/" + (location == null ? "global" : location)
                        + "/publishers/google/models/";
        return new GeminiWire(settings, VERTEX_TRAITS, folder, redactor, clock);
    }

    private static KindTraits traits(String auth, String url) {
        return new KindTraits("JSON with parts", auth, url, KindTraits.Mask.NONE, KindTraits.Size.ASPECT,
                KindTraits.Count.FAN_OUT, KindTraits.Result.BASE64, KindTraits.Flow.ANSWER, KindTraits.Cost.LIST,
                Set.of("png", "jpeg", "webp"), null, 0, false, false, Set.of());
    }

    @Override
    public KindTraits traits() {
        return traits;
    }

    @Override
    public Written write(UpstreamRequest edit) {
        if (!(edit instanceof LoadedImageRequest loaded)) {
            throw new IllegalStateException("the traits exclude images by URL");
        }
        String model = URLEncoder.encode(edit.model().at(settings), StandardCharsets.UTF_8);
        return new Written(settings.url() + folder + model + ":generateContent", "application/json",
                writer.content(loaded));
    }

    /** Vertex AI has no free request with a project: the check connects, with a token if the upstream has tokens. */
    @Override
    public Check check() {
        return traits.equals(TRAITS)
                ? new Check(settings.url() + "/models?pageSize=1", true)
                : new Check(settings.url().toString(), false);
    }

    @Override
    public AnswerFormat answers() {
        return (source, held) -> new GeminiAnswerReader(source);
    }

    @Override
    public UpstreamErrors errors() {
        return errors;
    }

    /** The delay that an error asks for in its details, such as {@code 34s}. */
    static Optional<Duration> retryDelay(JsonNode document) {
        for (JsonNode detail : document.path("error").path("details")) {
            Matcher delay = DELAY.matcher(detail.path("retryDelay").asText(""));
            if (delay.matches()) {
                long millis = delay.group(2) == null ? 0 : Math.round(Double.parseDouble("0." + delay.group(2)) * 1000);
                return Optional.of(Duration.ofSeconds(Long.parseLong(delay.group(1))).plusMillis(millis));
            }
        }
        return Optional.empty();
    }
}
