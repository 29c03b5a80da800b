package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
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
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.image.Spool;
import dev.retouch.server.image.pixels.PixelBox;
import dev.retouch.server.image.pixels.StrictMask;
import dev.retouch.server.image.pixels.StrictMask.InvalidMaskException;
import dev.retouch.server.image.pixels.StrictMask.Restored;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

/**
 * Enforces masks with {@code mask_mode=strict}. Before dispatch, an image that could not be restored is refused. Images are decoded on a few
 * threads of a pool, as many as a quarter of the heap allows, and never more than processors.
 */
public final class StrictMasks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StrictMasks.class);
    /** The most bytes of the heap for each pixel while an image is restored: JPEG, measured with garbage. */
    private static final long BYTES_PER_PIXEL = 64;
    /** Proportions that differ by less than this factor are the same to the eye. */
    private static final double STRETCHED = 1.03;

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
     * Prepares the mask of an edit, which has one.
     *
     * @param key root key id of the principal, whose images are decoded on a part of the threads
     * @throws ApiException if the first image or the mask cannot be decoded, or is too large
     */
    Prepared prepare(EditRequest request, EditInputs.AtHand inputs, String key, Exchange exchange) {
        String param = request.images().getFirst().param();
        ImageBytes original = inputs.images().getFirst().bytes();
        ImageMetadata facts = facts(original, param);
        if (facts.pixels() > maxPixels) {
            throw new ApiException(ErrorMessage.STRICT_MASK_IS_NOT_POSSIBLE).withArgument("reason",
                    "the first image has "
                            + facts.pixels() + " pixels, and " + maxPixels + " are the most that can be restored");
        }
        StrictMask mask = new StrictMask(original, facts, inputs.mask().orElseThrow().bytes(), edge);
        return new Prepared(mask, new Dimensions(facts.width(), facts.height()), check(mask, param, key), key,
                exchange);
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

    /** Decodes both files; returns the rectangle that may change. */
    private PixelBox check(StrictMask mask, String param, String key) {
        try {
            return pool.run(key, mask::check).orElseThrow(() -> new ApiException(ErrorMessage.MASK_IS_INVALID)
                    .withArgument("reason", "it has no fully transparent pixel, so nothing may change"));
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

    /** Converts images on the same threads, up to the same size. */
    FormatConversion conversion() {
        return new FormatConversion(pool, spool, maxPixels);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        pool.close();
    }

    /** The mask of one edit, which can be enforced on results of the whole first image, and on those of a part of it. */
    final class Prepared {

        private final StrictMask mask;
        private final Dimensions size;
        private final PixelBox open;
        private final String key;
        private final Exchange exchange;

        private Prepared(StrictMask mask, Dimensions size, PixelBox open, String key, Exchange exchange) {
            this.mask = mask;
            this.size = size;
            this.open = open;
            this.key = key;
            this.exchange = exchange;
        }

        /** The size of the first image. */
        Dimensions size() {
            return size;
        }

        /** The smallest rectangle with everything that may change. */
        PixelBox open() {
            return open;
        }

        /** Enforces the mask on results of the whole image. */
        MaskEnforcer enforcer() {
            return enforcer(PixelBox.whole(size.width(), size.height()));
        }

        /** Enforces the mask on results of a part of the image. */
        MaskEnforcer enforcer(PixelBox part) {
            return new Enforcer(mask, part, size, key, exchange);
        }

        /**
         * A file with a part of the image, for a model without masks; the exchange closes it.
         *
         * @param maxBytes the file is smaller than this: PNG, or JPEG if PNG is larger
         */
        ImagePart part(PixelBox part, Dimensions scaled, long maxBytes) {
            return exchange.cancellation().interruptibly(() -> {
                try {
                    return pool.run(key, () -> written(part, scaled, maxBytes));
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a part of an image that was decoded before is not written",
                            e.getCause());
                }
            });
        }

        private ImagePart written(PixelBox part, Dimensions scaled, long maxBytes)
                throws IOException, InvalidImageException {
            ImageBytes png = written(part, scaled, ImageFormat.PNG);
            if (png.size() < maxBytes) {
                return new ImagePart(exchange.closeLater(png), ImageFormat.PNG);
            }
            png.close();
            return new ImagePart(exchange.closeLater(written(part, scaled, ImageFormat.JPEG)), ImageFormat.JPEG);
        }

        private ImageBytes written(PixelBox part, Dimensions scaled, ImageFormat format)
                throws IOException, InvalidImageException {
            try (Spool.Writer out = spool.newWriter()) {
                mask.writePart(part, scaled, format, out);
                return out.finish();
            }
        }
    }

    /** Enforces the mask of one edit on results of a part of its first image. */
    private final class Enforcer implements MaskEnforcer {

        private final StrictMask mask;
        private final PixelBox part;
        private final Dimensions size;
        private final String key;
        private final Exchange exchange;

        Enforcer(StrictMask mask, PixelBox part, Dimensions size, String key, Exchange exchange) {
            this.mask = mask;
            this.part = part;
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
                        Restored restored = mask.restore(returned, facts, part, out);
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
            boolean isWhole = part.width() == size.width() && part.height() == size.height();
            if (restored.scaled() && isWhole) {
                notes.add("scaled from " + facts.width() + "x" + facts.height() + " to " + size.width() + "x"
                        + size.height() + ", the size of the first image");
            } else if (restored.scaled() && isStretched(facts)) {
                notes.add("stretched from " + facts.width() + "x" + facts.height() + " to " + part.width() + "x"
                        + part.height() + ", the size of the part that was sent");
            }
            if (restored.flattened()) {
                notes.add("the first image has transparency, which is white in jpeg");
            }
            if (restored.inexact() > 0) {
                notes.add(restored.inexact() + " pixels outside the mask differ by two levels");
            }
            return notes;
        }

        /** Whether the proportions of a returned image are not those of the part. */
        private boolean isStretched(ImageMetadata facts) {
            double ratio = (double) facts.width() * part.height() / ((double) facts.height() * part.width());
            return ratio > STRETCHED || ratio < 1 / STRETCHED;
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
