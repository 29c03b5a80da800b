package dev.retouch.server.key;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.policy.ModerationPolicy;
import dev.retouch.server.policy.RoomLimits;

/**
 * What to change of a group. What is null stays as it is; what is given replaces all that was there, limits and lists too.
 *
 * @param platform which provider's API its keys speak
 * @param imagePermission whether its keys may edit images at all
 * @param models the models that it may use; empty for all
 * @param upstreams the upstreams that serve it, in order; empty for the gateway's default
 * @param room what all its keys together may do at a time
 * @param moderation how its edits are moderated
 * @param free whether its edits cost nothing
 * @param answersBoth whether each image is answered as base64 and as a link
 */
public record GroupChange(@Nullable String platform, @Nullable Boolean imagePermission, @Nullable List<String> models,
        @Nullable List<String> upstreams, @Nullable RoomLimits room, @Nullable ModerationPolicy moderation,
        @Nullable Boolean free, @Nullable Boolean answersBoth) {

    /** Changes nothing. */
    public static final GroupChange NONE = new GroupChange(null, null, null, null, null, null, null, null);

    /** Keeps the lists as they are. */
    public GroupChange {
        models = models == null ? null : List.copyOf(models);
        upstreams = upstreams == null ? null : List.copyOf(upstreams);
    }

    /** The group with the changes made. */
    Group of(Group group) {
        return new Group(group.name(), given(platform, group.platform()),
                given(imagePermission, group.imagePermission()), given(models, group.models()),
                given(upstreams, group.upstreams()), given(room, group.room()), given(moderation, group.moderation()),
                given(free, group.free()), given(answersBoth, group.answersBoth()));
    }

    private static <T> T given(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
