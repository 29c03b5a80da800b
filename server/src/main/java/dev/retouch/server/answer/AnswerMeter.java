package dev.retouch.server.answer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.price.ReportedUsage;

/**
 * Counts what an answer delivers while its parts pass through, and decides what the edit costs. Images beyond the number that was
 * asked for are left out: they are neither delivered nor charged. The only place that turns an answer into money:
 *
 * <pre>
 * the answer                                        the edit
 * ends with images                                  is charged for them, by the reported usage
 * ends without an image, refused or not             is released
 * breaks off, final images of a stream delivered    is charged for those
 * breaks off, only partial images delivered         is charged for one image
 * breaks off before that, or is a document          stays undecided
 * is abandoned by the client                        as above for a stream; a document is charged in full, because it was done
 * fails by the gateway's own fault                  is charged for final images that were delivered, otherwise released
 * </pre>
 */
public final class AnswerMeter implements AnswerReader, ImageProgress {

    private final AnswerReader reader;
    private final RequestedOutput requested;
    private final EditCharge charge;
    private final ImageProbe probe = new ImageProbe();
    private final List<ImageMetadata> facts = new ArrayList<>();
    private int images;
    private int leftOut;
    private int delivered;
    private int partials;
    private boolean leavingOut;
    private boolean inFinal;
    private @Nullable AnswerUsage usage;
    private @Nullable Refusal refusal;
    private @Nullable Map<String, String> settled;

    /** Counts the parts of this reader. */
    public AnswerMeter(AnswerReader reader, RequestedOutput requested, EditCharge charge) {
        this.reader = reader;
        this.requested = requested;
        this.charge = charge;
    }

    @Override
    public AnswerPart next() throws IOException {
        while (true) {
            AnswerPart part = reader.next();
            if (counted(part)) {
                return part;
            }
        }
    }

    /** Whether the part is passed on. */
    private boolean counted(AnswerPart part) throws IOException {
        switch (part) {
            case FinalImage image -> {
                leavingOut = images >= requested.images();
                leftOut += leavingOut ? 1 : 0;
                if (!leavingOut) {
                    images++;
                    look(image.payload());
                }
                inFinal = true;
                return !leavingOut;
            }
            case PartialImage _ -> {
                leavingOut = images >= requested.images();
                inFinal = false;
                return !leavingOut;
            }
            case ImageEnd _ -> {
                boolean passed = !leavingOut;
                leavingOut = false;
                inFinal = false;
                return passed;
            }
            case AnswerUsage reported -> {
                return counts(reported);
            }
            case Refusal reason -> refusal = refusal == null ? reason : refusal;
            case AnswerMetadata _,AnswerEnd _ -> {
                // nothing to count
            }
        }
        return true;
    }

    /** Usage of an image is added up; usage behind all images counts where no image had its own. */
    private boolean counts(AnswerUsage reported) {
        AnswerUsage before = usage;
        if (leavingOut || (before != null && !inFinal)) {
            return false;
        }
        usage = before == null ? reported : before.plus(reported);
        return true;
    }

    private void look(ImagePayload payload) throws IOException {
        try {
            switch (payload) {
                case Base64Payload text -> probe.probeBeginning(decoded(text.head())).ifPresent(facts::add);
                case BinaryPayload binary -> {
                    try (InputStream in = binary.bytes().open()) {
                        facts.add(probe.probe(in));
                    }
                }
                case UrlPayload _ -> {
                    // the image of a link that is passed on stays unseen
                }
            }
        } catch (InvalidImageException e) {
            // a format that the probe does not know is not compared
            return;
        }
    }

    private static byte[] decoded(byte[] head) {
        boolean cut = head.length >= Base64Payload.HEAD;
        return Base64Sink.decoded(cut ? Arrays.copyOf(head, head.length - head.length % 4) : head);
    }

    /** The number of images that were asked for and have begun. */
    public int images() {
        return images;
    }

    /** The upstream's reason for the images that are missing. */
    public Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** The usage of everything that was counted. */
    public Optional<AnswerUsage> usage() {
        return Optional.ofNullable(usage);
    }

    @Override
    public void finalImage() {
        delivered++;
    }

    @Override
    public void partialImage() {
        partials++;
    }

    /** Whether the client has all of a final image. */
    boolean hasDelivered() {
        return delivered > 0;
    }

    /** Whether the client has all of as many final images as were asked for. */
    boolean hasDeliveredAll() {
        return delivered >= requested.images();
    }

    /** How the answer differs from what was asked for. */
    public List<String> differences() {
        return requested.differences(images + leftOut, facts);
    }

    /** Charges for the images. The first call counts; every call returns its headers. */
    public Map<String, String> settle() {
        return settle(images);
    }

    private Map<String, String> settle(int count) {
        Map<String, String> known = settled;
        if (known == null) {
            AnswerUsage reported = usage;
            known = charge.settle(count, reported == null ? ReportedUsage.NONE : reported.figures());
            settled = known;
        }
        return known;
    }

    /** The answer ended, and no image was in it. */
    public void withoutImage() {
        charge.fail(false, refusal == null ? "the answer had no image" : "the upstream refused it");
    }

    /**
     * The answer broke off.
     *
     * @param usable whether the client can use images of an unfinished answer, as in a stream
     */
    public void brokeOff(boolean usable) {
        if (usable && delivered + partials > 0) {
            settle(Math.max(1, delivered));
        } else {
            charge.fail(true, "the answer broke off");
        }
    }

    /**
     * The client disconnected or canceled the edit while the answer arrived.
     *
     * @param whole whether the upstream had done all its work before it began to answer
     */
    public void abandoned(boolean whole, String why) {
        if (whole) {
            settle(requested.images());
        } else if (images + partials > 0) {
            settle(Math.max(1, images));
        } else {
            charge.abandon(why);
        }
    }

    /** The gateway itself could not finish the answer. */
    public void failedHere(String why) {
        if (delivered > 0) {
            settle(delivered);
        } else {
            charge.fail(false, why);
        }
    }
}
