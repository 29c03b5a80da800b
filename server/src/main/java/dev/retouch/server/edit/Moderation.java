package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Group;
import dev.retouch.server.moderation.ImageToModerate;
import dev.retouch.server.moderation.ModerationBlockedException;
import dev.retouch.server.moderation.ModerationUnavailableException;
import dev.retouch.server.moderation.Moderator;

/** Has the prompt and every image judged, the mask too, by the moderator that belongs to the group's upstream. */
public final class Moderation {

    private final Map<String, Moderator> byUpstream;

    /** Asks these moderators, by the names of the upstreams. */
    public Moderation(Map<String, Moderator> byUpstream) {
        this.byUpstream = Map.copyOf(byUpstream);
    }

    /** Refuses what the group's policy does not let pass. */
    void check(String prompt, EditInputs inputs, Group group, String upstream, String requestId) {
        Moderator moderator = byUpstream.get(upstream);
        if (moderator == null) {
            throw new IllegalStateException("no moderator for " + upstream);
        }
        try {
            moderator.check(prompt, images(inputs), group.moderation(), requestId);
        } catch (ModerationBlockedException e) {
            throw new ApiException(ErrorMessage.MODERATION_BLOCKED)
                    .with("inputs", String.join(", ", e.verdict().inputs()))
                    .with("categories", String.join(", ", e.verdict().categories()));
        } catch (ModerationUnavailableException e) {
            throw new ApiException(ErrorMessage.MODERATION_IS_AWAY).because(e);
        }
    }

    private static List<ImageToModerate> images(EditInputs inputs) {
        List<ImageToModerate> images = new ArrayList<>();
        switch (inputs) {
            case EditInputs.AtHand atHand -> {
                atHand.images().forEach(image -> images.add(
                        new ImageToModerate.Held("image[" + images.size() + "]", image.bytes(), image.format())));
                atHand.mask().ifPresent(
                        mask -> images.add(new ImageToModerate.Held("mask", mask.bytes(), mask.format())));
            }
            case EditInputs.Linked linked -> {
                linked.images().forEach(
                        url -> images.add(new ImageToModerate.Linked("image[" + images.size() + "]", url)));
                linked.mask().ifPresent(url -> images.add(new ImageToModerate.Linked("mask", url)));
            }
        }
        return images;
    }
}
