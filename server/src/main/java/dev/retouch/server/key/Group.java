package dev.retouch.server.key;

import java.util.List;

import dev.retouch.server.policy.ModerationPolicy;
import dev.retouch.server.policy.RoomLimits;

/**
 * What its keys have in common.
 *
 * @param name its name: lower-case letters, digits, dots, dashes and underscores
 * @param platform which provider's API its keys speak; this gateway edits images for {@link #OPENAI} only
 * @param imagePermission whether its keys may edit images at all
 * @param models the ids of the models that it may use; empty for all
 * @param upstreams the names of the upstreams that serve it, in order; empty for the gateway's default
 * @param room what all its keys together may do at a time
 * @param moderation how its edits are moderated
 * @param free whether its edits cost nothing, as those of the sandbox group
 * @param answersBoth whether each image is answered as base64 and as a link, whatever was asked for
 */
public record Group(String name, String platform, boolean imagePermission, List<String> models, List<String> upstreams,
        RoomLimits room, ModerationPolicy moderation, boolean free, boolean answersBoth) {

    /** The platform whose groups may edit images. */
    public static final String OPENAI = "openai";

    /** Keeps the lists as they are. */
    public Group {
        models = List.copyOf(models);
        upstreams = List.copyOf(upstreams);
    }

    /** A group that may do everything. */
    public static Group open(String name) {
        return new Group(name, OPENAI, true, List.of(), List.of(), RoomLimits.NONE, ModerationPolicy.OFF, false, false);
    }

    /** The group of the sandbox key: it may do everything and costs nothing. */
    public static Group sandbox(boolean answersBoth) {
        return new Group("sandbox", OPENAI, true, List.of(), List.of("sandbox"), RoomLimits.NONE, ModerationPolicy.OFF,
                true, answersBoth);
    }
}
