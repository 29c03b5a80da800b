package dev.retouch.server.upstream.azure;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.retouch.server.answer.AnswerFormat;
import dev.retouch.server.answer.Refusal;
import dev.retouch.server.upstream.KindTraits;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.ModelName;
import dev.retouch.server.upstream.Redactor;
import dev.retouch.server.upstream.UpstreamErrors;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.Wire;
import dev.retouch.server.upstream.WireSettings;
import dev.retouch.server.upstream.openai.ErrorRules;
import dev.retouch.server.upstream.openai.MultipartEditWriter;
import dev.retouch.server.upstream.openai.UpstreamErrorMapper;

/**
 * Azure OpenAI. A base URL that ends in {@code /openai/v1} has the name of the deployment in the form; any other base URL is that of
 * the resource, and the deployment is in the path.
 */
public final class AzureWire implements Wire {

    /** The traits of the kind. */
    public static final KindTraits TRAITS = new KindTraits("form", "api-key, or authorization: Bearer",
            "/openai/deployments/{deployment}/images/edits?api-version={version}, or /openai/v1/images/edits",
            KindTraits.Mask.ALPHA, KindTraits.Size.PIXELS, KindTraits.Count.NATIVE, KindTraits.Result.BASE64,
            KindTraits.Flow.ANSWER, KindTraits.Cost.LIST, Set.of("png", "jpeg"), Set.of("png", "jpeg"), 0, true, false,
            Set.of("quality", "background", "output_compression", "input_fidelity", "partial_images", "user"));

    private static final String V1 = "/openai/v1";
    /** The version of the API that has edits of images, if the settings name none. */
    private static final String VERSION = "2025-04-01-preview";
    private static final String QUALITY = "quality";
    /** Azure's own default, which is sent explicitly. */
    private static final String DEFAULT_QUALITY = "high";
    /** Azure's codes for a deployment that the resource does not have. */
    private static final Set<String> NO_DEPLOYMENT = Set.of("DeploymentNotFound", "404");

    private final UpstreamSettings settings;
    private final UpstreamErrors errors;

    /** A resource with these settings. */
    public AzureWire(UpstreamSettings settings, Redactor redactor, Clock clock) {
        this.settings = settings;
        UnaryOperator<Refusal> reading = refusal -> refusal.code() != null && NO_DEPLOYMENT.contains(refusal.code())
                ? ErrorRules.withCode(refusal, "permission_denied")
                : refusal;
        this.errors = new UpstreamErrorMapper(redactor, clock,
                ErrorRules.withoutModel(_ -> Optional.empty(), reading));
    }

    @Override
    public KindTraits traits() {
        return TRAITS;
    }

    @Override
    public Written write(UpstreamRequest edit) {
        if (!(edit instanceof LoadedImageRequest loaded)) {
            throw new IllegalStateException("the traits exclude images by URL");
        }
        Map<String, String> parameters = new LinkedHashMap<>(edit.parameters());
        if (!parameters.containsKey(QUALITY) || "auto".equals(parameters.get(QUALITY))) {
            parameters.put(QUALITY, DEFAULT_QUALITY);
        }
        String deployment = deployment(edit.model());
        return new Written(url(deployment), "application/json, text/event-stream", MultipartEditWriter.of(loaded,
                deployment, parameters, new MultipartEditWriter.FieldNames("image[]", "image[]", "mask")));
    }

    private String deployment(ModelName model) {
        String named = settings.wire().deployments().get(model.id());
        return named == null ? model.at(settings) : named;
    }

    private String url(String deployment) {
        WireSettings wire = settings.wire();
        String base = settings.url().toString();
        if (base.endsWith(V1)) {
            String version = wire.apiVersion();
            return base + "/images/edits" + (version == null ? "" : "?api-version=" + version);
        }
        return base + "/openai/deployments/" + deployment + "/images/edits?api-version="
                + (wire.apiVersion() == null ? VERSION : wire.apiVersion());
    }

    @Override
    public Check check() {
        String base = settings.url().toString();
        String version = settings.wire().apiVersion();
        return base.endsWith(V1)
                ? new Check(base + "/models" + (version == null ? "" : "?api-version=" + version), true)
                : new Check(base + "/openai/models?api-version=" + (version == null ? VERSION : version), true);
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
