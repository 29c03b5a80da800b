package dev.retouch.server.app;

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
import dev.retouch.server.policy.ModerationPolicy;

/** What a group allows, whether it is made or changed. */
final class GroupOptions {

    private static final String ALL = "all";

    @Option(names = "--platform", paramLabel = "P", description = "Which provider's API its keys speak; only those on openai can edit images. At first: openai.")
    private @Nullable String platform;

    @Option(names = "--images", negatable = true, description = "Whether its keys may edit images. At first: yes.")
    private @Nullable Boolean images;

    @Option(names = "--model", paramLabel = "M", split = ",", description = "A model that its keys may use, instead of those before; can be repeated. all: every model, as at first.")
    private @Nullable List<String> models;

    @Option(names = "--upstream", paramLabel = "U", split = ",", description = "An upstream that serves it, instead of those before; can be repeated, the first choice first."
            + " none: the gateway's default, as at first.")
    private @Nullable List<String> upstreams;

    @Option(names = "--moderation", paramLabel = "MODE", description = "off: nobody looks, as at first. observe: what is flagged is logged and passes. block: what is flagged is refused.")
    private @Nullable String moderation;

    @Option(names = "--moderation-on-failure", paramLabel = "CHOICE", description = "While the moderation service does not answer, open: edits go on. closed: they are refused, as at first.")
    private @Nullable String onFailure;

    @Option(names = "--threshold", paramLabel = "CATEGORY=SCORE", description = "The score, 0 to 1, from which a category of the moderation service counts as flagged; can be repeated."
            + " CATEGORY=none: where the service says so, as at first.")
    private @Nullable Map<String, String> thresholds;

    @Mixin
    private @Nullable LimitOptions limits;

    /** What is given, on top of what the group has: single limits and thresholds change alone. */
    GroupChange over(Group before) {
        return new GroupChange(platform, images, names("--model", models, ALL),
                names("--upstream", upstreams, LimitOptions.NONE),
                Objects.requireNonNull(limits).over(before.room()), moderation(before.moderation()), null, null);
    }

    /** A word for the empty list, because an empty value could be a script's mistake, and would allow everything. */
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
                    scores.put(category, Values.score("--threshold", score));
                }
            });
        }
        return new ModerationPolicy(
                moderation == null
                        ? before.mode()
                        : Values.choice("--moderation", moderation, ModerationPolicy.Mode.class),
                onFailure == null
                        ? before.onFailure()
                        : Values.choice("--moderation-on-failure", onFailure, ModerationPolicy.OnFailure.class),
                scores);
    }
}
