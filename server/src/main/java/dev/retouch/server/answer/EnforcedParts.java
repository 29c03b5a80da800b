package dev.retouch.server.answer;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import dev.retouch.server.answer.MaskEnforcer.EnforcedImage;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.InvalidImageException;

/**
 * Restores what the mask keeps in every image of an answer, partial images included. An image that cannot be decoded is passed on as it
 * was returned: it exists and is charged, and the response says so. Facts about size become those of the restored images.
 */
final class EnforcedParts implements AnswerReader {

    /** The header that says whether the mask was enforced. */
    static final String HEADER = "x-retouch-mask";

    private static final String SIZE = "size";
    private static final String NOT_ENFORCED = "not-enforced";

    private final AnswerReader parts;
    private final MaskEnforcer mask;
    private final HeldImages held;
    private final boolean events;
    private final Set<String> notes = new LinkedHashSet<>();
    private int images;
    private boolean failed;
    private long changed;
    private long kept;

    /**
     * Restores the images of these parts.
     *
     * @param held keeps images that have to be whole first
     * @param events whether each image has its own value of the header as a member
     */
    EnforcedParts(AnswerReader parts, MaskEnforcer mask, HeldImages held, boolean events) {
        this.parts = parts;
        this.mask = mask;
        this.held = held;
        this.events = events;
    }

    @Override
    public AnswerPart next() throws IOException {
        return switch (parts.next()) {
            case AnswerMetadata metadata -> new AnswerMetadata(sized(metadata.members(), false));
            case FinalImage image -> {
                images++;
                Enforced enforced = enforced(image.payload(), "image " + images);
                changed += enforced.changed();
                kept += enforced.kept();
                failed |= !enforced.done();
                yield new FinalImage(enforced.payload(), members(image.members(), enforced));
            }
            case PartialImage image -> {
                Enforced enforced = enforced(image.payload(), "a partial image");
                yield new PartialImage(enforced.payload(), members(image.members(), enforced));
            }
            case ImageEnd end -> new ImageEnd(sized(end.members(), events));
            case AnswerPart other -> other;
        };
    }

    /** What became of one image. */
    private record Enforced(ImagePayload payload, boolean done, long changed, long kept) {}

    private Enforced enforced(ImagePayload payload, String which) throws IOException {
        ImageBytes whole = switch (payload) {
            case Base64Payload text -> held.decode(text);
            case BinaryPayload binary -> binary.bytes();
            case UrlPayload _ -> null;
        };
        if (whole == null) {
            notes.add(which + " is behind a link that could not be fetched, so its mask is not enforced");
            return new Enforced(payload, false, 0, 0);
        }
        try {
            EnforcedImage restored = mask.enforce(whole);
            held.own(restored.bytes());
            notes.addAll(restored.notes());
            return new Enforced(new BinaryPayload(restored.bytes()), true, restored.changed(), restored.kept());
        } catch (InvalidImageException e) {
            notes.add(which + " is passed on as the upstream returned it, because " + e.reason()
                    + ", so its mask is not enforced");
            return new Enforced(new BinaryPayload(whole), false, 0, 0);
        }
    }

    private Map<String, JsonNode> members(Map<String, JsonNode> before, Enforced image) {
        Map<String, JsonNode> members = sized(before, events);
        if (events) {
            members.put("mask", JsonNodeFactory.instance.textNode(value(image.done(), image.changed(), image.kept())));
        }
        return members;
    }

    /** These facts with the size of restored images, if they name one or have to. */
    private Map<String, JsonNode> sized(Map<String, JsonNode> members, boolean always) {
        Map<String, JsonNode> sized = new LinkedHashMap<>(members);
        if (always || sized.containsKey(SIZE)) {
            Dimensions size = mask.size();
            sized.put(SIZE, JsonNodeFactory.instance.textNode(size.width() + "x" + size.height()));
        }
        return sized;
    }

    /** What restoring changed beside the pixels outside the mask, for the client. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** The value of the header for all final images so far; empty if there is none. */
    Map<String, String> header() {
        return images == 0 ? Map.of() : Map.of(HEADER, value(!failed, changed, kept));
    }

    private static String value(boolean enforced, long changed, long kept) {
        return enforced
                ? "enforced; changed-outside="
                        + String.format(Locale.ROOT, "%.1f", kept == 0 ? 0 : 100.0 * changed / kept)
                        + "%"
                : NOT_ENFORCED;
    }
}
