package dev.retouch.server.key;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.moderation.ModerationPolicy;
import dev.retouch.server.normalise.NormalisationStep;
import dev.retouch.server.retention.RetainMode;
import dev.retouch.server.retention.RetentionPolicy;

/**
 * Properties of a group to change. A null property stays; another replaces the old value, including whole lists and
 * limits.
 *
 * @param platform provider whose API the keys use
 * @param imagePermission whether the keys may edit images
 * @param models ids of the allowed models; empty for all
 * @param upstreams names of the upstreams in order of preference; empty for the default of the gateway
 * @param limits limits of all keys together
 * @param moderation moderation of edits
 * @param free whether edits cost nothing
 * @param returnsBothForms whether a response has each image as base64 and as a URL
 * @param normalise the changes that the gateway makes to images
 * @param maskMode the mask mode of edits that do not choose one
 * @param fallbackModels ids of the models that run an edit which no upstream of its model can take, in order
 * @param retain what is kept of edits beside their money
 * @param retainDays for how many days
 */
public record GroupChange(@Nullable String platform, @Nullable Boolean imagePermission, @Nullable List<String> models,
        @Nullable List<String> upstreams, @Nullable AdmissionLimits limits, @Nullable ModerationPolicy moderation,
        @Nullable Boolean free, @Nullable Boolean returnsBothForms, @Nullable Normalisation normalise,
        @Nullable MaskMode maskMode, @Nullable List<String> fallbackModels, @Nullable RetainMode retain,
        @Nullable Integer retainDays) {

    /** No changes. */
    public static final GroupChange NONE = new GroupChange(null, null, null, null, null, null, null, null, null);

    /**
     * A choice of changes to images.
     *
     * @param steps the changes; null for those of the settings
     */
    public record Normalisation(@Nullable Set<NormalisationStep> steps) {

        public Normalisation {
            steps = steps == null ? null : Set.copyOf(steps);
        }
    }

    /** Changes without a choice of changes to images. */
    public GroupChange(@Nullable String platform, @Nullable Boolean imagePermission, @Nullable List<String> models,
            @Nullable List<String> upstreams, @Nullable AdmissionLimits limits, @Nullable ModerationPolicy moderation,
            @Nullable Boolean free, @Nullable Boolean returnsBothForms) {
        this(platform, imagePermission, models, upstreams, limits, moderation, free, returnsBothForms, null, null,
                null, null, null);
    }

    public GroupChange {
        models = models == null ? null : List.copyOf(models);
        upstreams = upstreams == null ? null : List.copyOf(upstreams);
        fallbackModels = fallbackModels == null ? null : List.copyOf(fallbackModels);
    }

    /** A change that keeps the mask mode, the fallback models and the retention. */
    public GroupChange(@Nullable String platform, @Nullable Boolean imagePermission, @Nullable List<String> models,
            @Nullable List<String> upstreams, @Nullable AdmissionLimits limits, @Nullable ModerationPolicy moderation,
            @Nullable Boolean free, @Nullable Boolean returnsBothForms, @Nullable Normalisation normalise) {
        this(platform, imagePermission, models, upstreams, limits, moderation, free, returnsBothForms, normalise, null,
                null, null, null);
    }

    /** Returns the changed group. */
    Group of(Group group) {
        return new Group(group.name(), given(platform, group.platform()),
                given(imagePermission, group.imagePermission()), given(models, group.models()),
                given(upstreams, group.upstreams()), given(limits, group.limits()),
                given(moderation, group.moderation()),
                given(free, group.free()), given(returnsBothForms, group.returnsBothForms()),
                normalise == null ? group.normalise() : normalise.steps(),
                given(maskMode, group.maskMode()), given(fallbackModels, group.fallbackModels()),
                new RetentionPolicy(given(retain, group.retention().mode()),
                        given(retainDays, group.retention().days())));
    }

    private static <T> T given(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
