package dev.retouch.server.cli;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import dev.retouch.server.key.Group;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.moderation.ModerationPolicy;
import dev.retouch.server.normalise.NormalisationStep;
import dev.retouch.server.retention.RetainMode;

/** Options with the properties of a group. */
final class GroupOptions {

    private static final String ALL = "all";

    @Option(names = "--platform", paramLabel = "P", description = "Provider whose API the keys use; only openai can edit images. Default: openai.")
    private @Nullable String platform;

    @Option(names = "--images", negatable = true, description = "Whether the keys may edit images. Default: yes.")
    private @Nullable Boolean images;

    @Option(names = "--model", paramLabel = "M", split = ",", description = "Allowed model; replaces earlier models; can be repeated. all: every model (default).")
    private @Nullable List<String> models;

    @Option(names = "--upstream", paramLabel = "U", split = ",", description = "Upstream, in order of preference; replaces earlier upstreams; can be repeated."
            + " none: the default of the gateway (default).")
    private @Nullable List<String> upstreams;

    @Option(names = "--moderation", paramLabel = "MODE", description = "off (default), observe (log flagged edits) or block (reject flagged edits).")
    private @Nullable String moderation;

    @Option(names = "--moderation-on-failure", paramLabel = "CHOICE", description = "If moderation is unavailable: open (edits run) or closed (edits are rejected, default).")
    private @Nullable String onFailure;

    @Option(names = "--threshold", paramLabel = "CATEGORY=SCORE", description = "Score from 0 to 1 from which a moderation category is flagged; can be repeated."
            + " CATEGORY=none: as the moderation service decides (default).")
    private @Nullable Map<String, String> thresholds;

    @Option(names = "--normalise", paramLabel = "STEPS", split = ",", description = "Changes to images, each in x-retouch-warning: orientation, colour, mask, size; none; or default: as edits.normalise says (default).")
    private @Nullable List<String> normalise;
    @Option(names = "--mask-mode", paramLabel = "MODE", description = "For edits that do not choose a mask mode: hint (the mask is sent to the model, default),"
            + " strict (pixels outside are restored) or off (the mask is ignored).")
    private @Nullable String maskMode;

    @Option(names = "--fallback-model", paramLabel = "M", split = ",", description = "Model that runs an edit which no upstream of its model can take, in order; replaces"
            + " earlier ones; can be repeated. none: no other model (default).")
    private @Nullable List<String> fallbackModels;

    @Option(names = "--retain", paramLabel = "MODE", description = "What is kept of edits beside their money: none (default), metadata (how they ran) or content"
            + " (also prompts and thumbnails, encrypted).")
    private @Nullable String retain;

    @Option(names = "--retain-days", paramLabel = "N", description = "For how many days it is kept. Default: 30.")
    private @Nullable Integer retainDays;

    @Mixin
    private @Nullable LimitOptions limits;

    /** Returns the change that the options make to a group. Single limits and thresholds change alone. */
    GroupChange over(Group before) {
        return new GroupChange(platform, images, names("--model", models, ALL),
                names("--upstream", upstreams, LimitOptions.NONE),
                Objects.requireNonNull(limits).over(before.limits()), moderation(before.moderation()), null, null,
                normalisation(),
                maskMode == null ? null : OptionParsers.choice("--mask-mode", maskMode, MaskMode.class),
                names("--fallback-model", fallbackModels, LimitOptions.NONE),
                retain == null ? null : OptionParsers.choice("--retain", retain, RetainMode.class), retainDays);
    }

    private GroupChange.@Nullable Normalisation normalisation() {
        if (normalise == null || normalise.equals(List.of("default"))) {
            return normalise == null ? null : new GroupChange.Normalisation(null);
        }
        try {
            return new GroupChange.Normalisation(
                    NormalisationStep
                            .setOf(Objects.requireNonNull(names("--normalise", normalise, LimitOptions.NONE))));
        } catch (IllegalArgumentException e) {
            throw new CommandException("--normalise: " + e.getMessage());
        }
    }

    /** An empty list needs a keyword: an empty value could be a script's fault, and would remove a restriction. */
    private static @Nullable List<String> names(String name, @Nullable List<String> given, String empty) {
        if (given == null || !given.contains(empty)) {
            return given;
        }
        if (given.size() > 1) {
            throw new CommandException(name + " " + empty + " must stand alone");
        }
        return List.of();
    }

    private @Nullable ModerationPolicy moderation(ModerationPolicy before) {
        if (moderation == null && onFailure == null && thresholds == null) {
            return null;
        }
        Map<String, BigDecimal> scores = new LinkedHashMap<>(before.thresholds());
        if (thresholds != null) {
            thresholds.forEach((category, score) -> {
                if (score.equals(LimitOptions.NONE)) {
                    scores.remove(category);
                } else {
                    scores.put(category, OptionParsers.score("--threshold", score));
                }
            });
        }
        return new ModerationPolicy(
                moderation == null
                        ? before.mode()
                        : OptionParsers.choice("--moderation", moderation, ModerationPolicy.Mode.class),
                onFailure == null
                        ? before.onFailure()
                        : OptionParsers.choice("--moderation-on-failure", onFailure, ModerationPolicy.OnFailure.class),
                scores);
    }
}
