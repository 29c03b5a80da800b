package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Group;
import dev.retouch.server.moderation.ModerationBlockedException;
import dev.retouch.server.moderation.ModerationImage;
import dev.retouch.server.moderation.ModerationUnavailableException;
import dev.retouch.server.moderation.Moderator;

/** Moderates the prompt, every image and the mask with the moderator of the group's upstream. */
public final class EditModeration {

    private final Map<String, Moderator> byUpstream;

    /**
     * Uses these moderators.
     *
     * @param byUpstream the moderators by upstream name
     */
    public EditModeration(Map<String, Moderator> byUpstream) {
        this.byUpstream = Map.copyOf(byUpstream);
    }

    /** Whether the upstream may fetch remote images: what it fetches would not be judged, or not the same bytes. */
    boolean mayForward(Group group, String upstream) {
        Moderator moderator = byUpstream.get(upstream);
        return moderator == null || !moderator.needsBytes(group.moderation());
    }

    /** Rejects content that the group's moderation policy blocks. */
    void check(String prompt, EditInputs inputs, Group group, String upstream, String requestId) {
        Moderator moderator = byUpstream.get(upstream);
        if (moderator == null) {
            throw new IllegalStateException("no moderator for " + upstream);
        }
        try {
            moderator.check(prompt, images(inputs), group.moderation(), requestId);
        } catch (ModerationBlockedException e) {
            throw new ApiException(ErrorMessage.MODERATION_BLOCKED)
                    .withArgument("inputs", String.join(", ", e.verdict().inputs()))
                    .withArgument("categories", String.join(", ", e.verdict().categories()));
        } catch (ModerationUnavailableException e) {
            throw new ApiException(ErrorMessage.MODERATION_IS_AWAY).withCause(e);
        }
    }

    private static List<ModerationImage> images(EditInputs inputs) {
        List<ModerationImage> images = new ArrayList<>();
        switch (inputs) {
            case EditInputs.AtHand atHand -> {
                atHand.images().forEach(image -> images.add(
                        new ModerationImage.Held("image[" + images.size() + "]", image.bytes(), image.format())));
                atHand.mask().ifPresent(
                        mask -> images.add(new ModerationImage.Held("mask", mask.bytes(), mask.format())));
                atHand.markup().ifPresent(
                        markup -> images.add(new ModerationImage.Held("markup", markup.bytes(), markup.format())));
            }
            case EditInputs.Linked linked -> {
                linked.images().forEach(
                        url -> images.add(new ModerationImage.Linked("image[" + images.size() + "]", url)));
                linked.mask().ifPresent(url -> images.add(new ModerationImage.Linked("mask", url)));
                linked.markup().ifPresent(url -> images.add(new ModerationImage.Linked("markup", url)));
            }
        }
        return images;
    }
}
