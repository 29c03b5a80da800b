package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.ServerOverloadedException;
import dev.retouch.server.answer.MaskEnforcer;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.image.Spool;
import dev.retouch.server.image.pixels.StrictMask;
import dev.retouch.server.image.pixels.StrictMask.InvalidMaskException;
import dev.retouch.server.image.pixels.StrictMask.Restored;
import dev.retouch.server.model.MaskMode;

/**
 * Enforces masks with {@code mask_mode=strict}. Before dispatch, an image that could not be restored is refused. Images are decoded on a few
 * threads of a pool, as many as a quarter of the heap allows, and never more than processors.
 */
public final class StrictMasks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StrictMasks.class);
    /** The most bytes of the heap for each pixel while an image is restored: JPEG, measured with garbage. */
    private static final long BYTES_PER_PIXEL = 64;

    private final ImageProbe probe = new ImageProbe();
    private final ScanPool pool;
    private final Spool spool;
    private final long maxPixels;
    private final int edge;

    /**
     * Enforces masks.
     *
     * @param spool keeps restored images
     * @param maxPixels the largest image that is decoded, in pixels
     * @param edge width in pixels of the edge inside the mask
     */
    public StrictMasks(Spool spool, long maxPixels, int edge) {
        this.spool = spool;
        this.maxPixels = maxPixels;
        this.edge = edge;
        long fitting = Runtime.getRuntime().maxMemory() / 4 / (maxPixels * BYTES_PER_PIXEL);
        this.pool = new ScanPool("image-pixels-",
                Math.clamp(fitting, 1, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * Prepares the mask of an edit.
     *
     * @param key root key id of the principal, whose images are decoded on a part of the threads
     * @return empty if the mask is not enforced
     * @throws ApiException if the first image or the mask cannot be decoded, or is too large
     */
    Optional<MaskEnforcer> of(EditPlan plan, EditRequest request, EditInputs inputs, String key, Exchange exchange) {
        if (plan.maskMode() != MaskMode.STRICT || !(inputs instanceof EditInputs.AtHand atHand)
                || atHand.mask().isEmpty()) {
            return Optional.empty();
        }
        String param = request.images().getFirst().param();
        ImageBytes original = atHand.images().getFirst().bytes();
        ImageMetadata facts = facts(original, param);
        if (facts.pixels() > maxPixels) {
            throw new ApiException(ErrorMessage.STRICT_MASK_IS_NOT_POSSIBLE).withArgument("reason",
                    "the first image has "
                            + facts.pixels() + " pixels, and " + maxPixels + " are the most that can be restored");
        }
        StrictMask mask = new StrictMask(original, facts, atHand.mask().get().bytes(), edge);
        check(mask, param, key);
        return Optional.of(new Enforcer(mask, new Dimensions(facts.width(), facts.height()), key,
                exchange));
    }

    private ImageMetadata facts(ImageBytes image, String param) {
        try {
            return probe.probe(image);
        } catch (InvalidImageException e) {
            throw invalid(param, e.reason());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(StrictMask mask, String param, String key) {
        try {
            pool.run(key, () -> {
                mask.check();
                return mask;
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("while a mask was decoded"));
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case InvalidImageException invalid -> invalid(param, invalid.reason());
                case InvalidMaskException invalid -> new ApiException(ErrorMessage.MASK_IS_INVALID)
                        .withArgument("reason", invalid.reason());
                case IOException broken -> new UncheckedIOException(broken);
                case RuntimeException failure -> failure;
                case null, default -> new IllegalStateException("a mask was not decoded", e);
            };
        }
    }

    private static ApiException invalid(String param, String reason) {
        return new ApiException(ErrorMessage.IMAGE_FILE_IS_INVALID, param).withArgument("reason", reason);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        pool.close();
    }

    /** Enforces the mask of one edit. */
    private final class Enforcer implements MaskEnforcer {

        private final StrictMask mask;
        private final Dimensions size;
        private final String key;
        private final Exchange exchange;

        Enforcer(StrictMask mask, Dimensions size, String key, Exchange exchange) {
            this.mask = mask;
            this.size = size;
            this.key = key;
            this.exchange = exchange;
        }

        @Override
        public Dimensions size() {
            return size;
        }

        @Override
        public EnforcedImage enforce(ImageBytes returned) throws IOException, InvalidImageException {
            ImageMetadata facts = probe.probe(returned);
            if (!facts.format().editable()) {
                throw InvalidImageException.damaged("it is " + facts.format().wireName());
            }
            if (facts.pixels() > maxPixels) {
                throw InvalidImageException.damaged("it has " + facts.pixels() + " pixels, more than " + maxPixels);
            }
            try {
                return exchange.cancellation().interruptibly(() -> restore(returned, facts));
            } catch (RestoreException e) {
                throw InvalidImageException.damaged(e.reason());
            }
        }

        /** The thread that writes the image owns its file, because it may outlive a canceled edit. */
        private EnforcedImage restore(ImageBytes returned, ImageMetadata facts) throws InterruptedException {
            try {
                return pool.run(key, () -> {
                    try (Spool.Writer out = spool.newWriter()) {
                        Restored restored = mask.restore(returned, facts, out);
                        return new EnforcedImage(exchange.closeLater(out.finish()), restored.changed(), restored.kept(),
                                notes(facts, restored));
                    }
                });
            } catch (ServerOverloadedException e) {
                throw new RestoreException("the gateway is overloaded", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof InvalidImageException invalid) {
                    throw new RestoreException(invalid.reason(), e);
                }
                // the image exists and is charged, so that the client gets it all the same
                LOG.error("image not restored", e.getCause());
                throw new RestoreException("the gateway failed to restore it", e);
            }
        }

        private List<String> notes(ImageMetadata facts, Restored restored) {
            List<String> notes = new ArrayList<>();
            if (restored.scaled()) {
                notes.add("scaled from " + facts.width() + "x" + facts.height() + " to " + size.width() + "x"
                        + size.height() + ", the size of the first image");
            }
            if (restored.flattened()) {
                notes.add("the first image has transparency, which is white in jpeg");
            }
            if (restored.inexact() > 0) {
                notes.add(restored.inexact() + " pixels outside the mask differ by two levels");
            }
            return notes;
        }
    }

    /** A returned image could not be restored. */
    private static final class RestoreException extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final String reason;

        RestoreException(String reason, Throwable cause) {
            super(reason, cause);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }
}
