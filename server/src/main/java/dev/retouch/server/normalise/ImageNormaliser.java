package dev.retouch.server.normalise;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.twelvemonkeys.image.ResampleOp;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageMetadata.Oddity;
import dev.retouch.server.image.Spool;

/**
 * Changes images by the chosen steps. Decodes at most one picture and its changed copy at a time for each call; a picture that would
 * need more than the memory limit is not changed. Belongs on platform threads: decoding is long work of the processor.
 */
public final class ImageNormaliser {

    /** Of the picture and its changed copy together. */
    private static final int JPEG_BYTES_PER_PIXEL = 2 * 3;
    /** 16 bits per sample are decoded first and reduced then. */
    private static final int OTHER_BYTES_PER_PIXEL = 8 + 2 * 4;
    private static final int MAX_REDUCTIONS = 6;
    private static final double REDUCTION_MARGIN = 0.95;

    private final PictureEncoder encoder;
    private final long maxMemory;

    /**
     * A normaliser.
     *
     * @param spool where changed images are kept
     * @param maxMemory memory for decoded pixels, in bytes
     */
    public ImageNormaliser(Spool spool, long maxMemory) {
        this.encoder = new PictureEncoder(spool);
        this.maxMemory = maxMemory;
    }

    /**
     * Changes an image where a step applies.
     *
     * @param facts the facts of its header
     * @return empty if nothing was changed
     * @throws IOException if it cannot be decoded, or the changed image cannot be stored
     */
    public Optional<NormalisedImage> image(ImageBytes image, ImageMetadata facts, ImageLimits limits,
            Set<NormalisationStep> steps) throws IOException {
        if (!applies(image, facts, limits, steps)) {
            return Optional.empty();
        }
        List<String> changes = new ArrayList<>();
        boolean recolour = facts.unsupportedFeature() == Oddity.CMYK;
        boolean reduce = steps.contains(NormalisationStep.SIZE) && isTooLarge(image, facts, limits);
        int step = reduce ? step(facts) : 1;
        if (memory(facts, step) > maxMemory) {
            return Optional.empty();
        }
        BufferedImage picture = PictureDecoder.decode(image, facts.format(), step);
        if (recolour) {
            changes.add("converted from CMYK to RGB");
        }
        if (facts.orientation() != 1) { // the changed file has no EXIF, so it has to be upright in any case
            picture = PictureOrientation.upright(picture, facts.orientation());
            changes.add("turned upright (EXIF orientation " + facts.orientation() + ")");
        }
        if (!reduce) {
            return Optional.of(new NormalisedImage(encoder.encode(picture, facts.format()), changes));
        }
        return reduced(picture, facts, limits, changes);
    }

    /** Whether {@link #image} would change an image. Looks at its facts only. */
    public static boolean applies(ImageBytes image, ImageMetadata facts, ImageLimits limits,
            Set<NormalisationStep> steps) {
        boolean turn = steps.contains(NormalisationStep.ORIENTATION) && facts.orientation() != 1;
        boolean recolour = steps.contains(NormalisationStep.COLOUR) && facts.unsupportedFeature() == Oddity.CMYK;
        boolean reduce = steps.contains(NormalisationStep.SIZE) && isTooLarge(image, facts, limits);
        boolean refusedAnyway = facts.unsupportedFeature() != Oddity.NONE && !recolour;
        return !refusedAnyway && (turn || recolour || reduce);
    }

    private static boolean isTooLarge(ImageBytes image, ImageMetadata facts, ImageLimits limits) {
        return facts.pixels() > limits.pixels() || image.size() >= limits.bytes();
    }

    private Optional<NormalisedImage> reduced(BufferedImage picture, ImageMetadata facts, ImageLimits limits,
            List<String> changes) throws IOException {
        // not larger than it was decoded, which fits the memory
        double scale = Math.min((double) picture.getWidth() / facts.width(),
                Math.sqrt((double) limits.pixels() / facts.pixels()));
        for (int attempt = 0; attempt < MAX_REDUCTIONS; attempt++) {
            int width = Math.max(1, (int) (facts.width() * scale));
            int height = Math.max(1, (int) (facts.height() * scale));
            ImageBytes file = encoder.encode(resampled(picture, width, height), facts.format());
            if (file.size() < limits.bytes()) {
                changes.add(width == facts.width() && height == facts.height()
                        ? "compressed again"
                        : "reduced from " + facts.width() + "x" + facts.height() + " to " + width + "x" + height);
                return Optional.of(new NormalisedImage(file, changes));
            }
            file.close();
            scale *= REDUCTION_MARGIN * Math.sqrt((double) limits.bytes() / file.size());
        }
        return Optional.empty();
    }

    private static BufferedImage resampled(BufferedImage picture, int width, int height) {
        if (picture.getWidth() == width && picture.getHeight() == height) {
            return picture;
        }
        BufferedImage target = new BufferedImage(width, height, picture.getType());
        return new ResampleOp(width, height, ResampleOp.FILTER_LANCZOS).filter(picture, target);
    }

    /**
     * Changes a mask so that it fits the first image.
     *
     * @param image how large the first image is, after its own changes
     * @param wasTurned the EXIF orientation of the first image as it was sent
     * @param fit whether a mask of another size is scaled
     * @return empty if nothing was changed
     */
    public Optional<NormalisedImage> mask(ImageBytes mask, ImageMetadata facts, Dimensions image, int wasTurned,
            boolean fit, boolean toAlpha) throws IOException {
        boolean otherSize = facts.width() != image.width() || facts.height() != image.height();
        boolean animated = facts.unsupportedFeature() != Oddity.NONE;
        if (animated || !(toAlpha || (fit && otherSize)) || memory(facts, 1) > maxMemory
                || (long) image.width() * image.height() * OTHER_BYTES_PER_PIXEL > maxMemory) {
            return Optional.empty();
        }
        List<String> changes = new ArrayList<>();
        BufferedImage picture = PictureOrientation.upright(PictureDecoder.decode(mask, facts.format(), 1),
                facts.orientation());
        boolean transparent = MaskPicture.hasTransparentPixel(picture);
        if (toAlpha && !transparent && MaskPicture.isBlackAndWhite(picture)) {
            picture = MaskPicture.alphaFromBrightness(picture);
            changes.add("black made transparent, so that it may change");
        } else if (facts.format() != ImageFormat.PNG && transparent && toAlpha) {
            changes.add("converted from " + facts.format().wireName() + " to png");
        } else if (!transparent) {
            return Optional.empty(); // no mask at all: the validator refuses it
        }
        if (fit && otherSize) {
            boolean asStored = wasTurned >= 5 && facts.width() == image.height() && facts.height() == image.width();
            if (asStored) {
                picture = PictureOrientation.upright(picture, wasTurned);
                changes.add("turned as the image (EXIF orientation " + wasTurned + ")");
            } else {
                picture = MaskPicture.scaled(picture, image.width(), image.height());
                changes.add("scaled from " + facts.width() + "x" + facts.height() + " to " + image.width() + "x"
                        + image.height());
            }
        }
        return changes.isEmpty()
                ? Optional.empty()
                : Optional.of(new NormalisedImage(encoder.encode(picture, ImageFormat.PNG), changes));
    }

    /** How many columns and rows of a too large image are skipped while it is decoded, so that the rest fits in memory. */
    private int step(ImageMetadata facts) {
        int step = 1;
        while (facts.format() != ImageFormat.WEBP && memory(facts, step) > maxMemory) {
            step++;
        }
        return step;
    }

    private static long memory(ImageMetadata facts, int step) {
        long pixels = Math.ceilDiv(facts.width(), step) * (long) Math.ceilDiv(facts.height(), step);
        return pixels * (facts.format() == ImageFormat.JPEG ? JPEG_BYTES_PER_PIXEL : OTHER_BYTES_PER_PIXEL);
    }
}
