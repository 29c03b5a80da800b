package dev.retouch.server.key;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.moderation.ModerationPolicy;
import dev.retouch.server.normalise.NormalisationStep;
import dev.retouch.server.retention.RetentionPolicy;

/**
 * Properties that API keys share.
 *
 * @param name lower-case letters, digits, dots, dashes and underscores
 * @param platform provider whose API the keys use; only {@link #OPENAI} can edit images
 * @param imagePermission whether the keys may edit images
 * @param models ids of the allowed models; empty for all
 * @param upstreams names of the upstreams in order of preference; empty for the default of the gateway
 * @param limits limits of all keys together
 * @param moderation moderation of edits
 * @param free whether edits cost nothing, as in the sandbox group
 * @param returnsBothForms whether a response has each image as base64 and as a URL, independent of the request
 * @param normalise changes that the gateway makes to images; null for those of the settings
 * @param maskMode the mask mode of edits that do not choose one
 * @param fallbackModels ids of the models that run an edit which no upstream of its model can take, in order
 * @param retention what is kept of edits beside their money
 */
public record Group(String name, String platform, boolean imagePermission, List<String> models, List<String> upstreams,
        AdmissionLimits limits, ModerationPolicy moderation, boolean free, boolean returnsBothForms,
        @Nullable Set<NormalisationStep> normalise, MaskMode maskMode, List<String> fallbackModels,
        RetentionPolicy retention) {

    /** Platform of groups that may edit images. */
    public static final String OPENAI = "openai";

    public Group {
        models = List.copyOf(models);
        upstreams = List.copyOf(upstreams);
        normalise = normalise == null ? null : Set.copyOf(normalise);
        fallbackModels = List.copyOf(fallbackModels);
    }

    /** A group whose masks are sent to the model and not enforced, without fallback models and retention. */
    public Group(String name, String platform, boolean imagePermission, List<String> models, List<String> upstreams,
            AdmissionLimits limits, ModerationPolicy moderation, boolean free, boolean returnsBothForms,
            @Nullable Set<NormalisationStep> normalise) {
        this(name, platform, imagePermission, models, upstreams, limits, moderation, free, returnsBothForms, normalise,
                MaskMode.HINT, List.of(), RetentionPolicy.NONE);
    }

    /** Whether only the upstream of this name serves the group. */
    public boolean isServedOnlyBy(String upstream) {
        return !upstreams.isEmpty() && upstreams.stream().allMatch(upstream::equals);
    }

    /** Returns a group without restrictions. */
    public static Group open(String name) {
        return new Group(name, OPENAI, true, List.of(), List.of(), AdmissionLimits.NONE, ModerationPolicy.OFF, false,
                false, null);
    }

    /**
     * Returns the group of the sandbox key, whose edits are free.
     *
     * @param maxConcurrentEdits edits that run at once; further edits wait
     */
    public static Group sandbox(boolean returnsBothForms, int maxConcurrentEdits) {
        return new Group("sandbox", OPENAI, true, List.of(), List.of("sandbox"),
                new AdmissionLimits(maxConcurrentEdits, null, null, null, null), ModerationPolicy.OFF, true,
                returnsBothForms, null);
    }
}
