package dev.retouch.server.image.pixels;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.InvalidImageException;

/**
 * Restores the original wherever a mask does not allow a change. The result has the size of the original. In PNG and WebP the kept pixels
 * equal those of the original, and in JPEG they differ by one level at most.
 *
 * <p>Keeps the files and not their pixels, so that it needs no memory while the edit runs. Decoding needs up to 64 bytes for each pixel of the
 * larger image for as long as a call runs. An interrupted thread ends a call.
 */
public final class StrictMask {

    /** A pixel counts as changed if one of its samples differs by more levels of 255 than this. */
    public static final int CHANGE = 8;
    /** How often a JPEG is encoded again until its kept pixels are within one level. */
    private static final int ATTEMPTS = 10;
    private static final ImageMetadata.Oddity NONE = ImageMetadata.Oddity.NONE;

    private final ImageBytes original;
    private final ImageMetadata facts;
    private final ImageBytes mask;
    private final int edge;

    /**
     * The mask of one edit. The caller keeps both files open.
     *
     * @param original the first image of the edit
     * @param facts its header
     * @param mask a PNG as large as the original is displayed
     * @param edge width in pixels of the edge along which the edited image passes into the original, inside the area of the mask
     */
    public StrictMask(ImageBytes original, ImageMetadata facts, ImageBytes mask, int edge) {
        this.original = original;
        this.facts = facts;
        this.mask = mask;
        this.edge = edge;
    }

    /**
     * What a returned image was before its pixels were restored.
     *
     * @param changed pixels outside the mask that the edit had changed
     * @param kept pixels outside the mask
     * @param scaled whether it had another size than the part that was edited
     * @param flattened whether the original has transparency, which the format of the result does not have
     * @param inexact kept pixels of a JPEG that differ by more than one level all the same
     */
    public record Restored(long changed, long kept, boolean scaled, boolean flattened, int inexact) {}

    /**
     * Decodes both files, to find out whether that is possible.
     *
     * @return the smallest rectangle with everything that may change; empty if nothing may
     * @throws InvalidImageException if the original cannot be decoded
     * @throws InvalidMaskException if the mask cannot be decoded
     */
    public Optional<PixelBox> check() throws IOException, InvalidImageException, InvalidMaskException {
        PixelReader.read(original, facts);
        return area().box();
    }

    /**
     * Writes a part of the original, scaled. A part with 16 bits for each sample gets 8, and JPEG has white instead of transparency.
     *
     * @throws InvalidImageException if the original cannot be decoded
     */
    public void writePart(PixelBox part, Dimensions size, ImageFormat format, OutputStream out)
            throws IOException, InvalidImageException {
        Pixels pixels = PixelReader.read(original, facts).part(part).shallow();
        awake();
        Pixels scaled = pixels.scaledTo(size.width(), size.height());
        if (format == ImageFormat.JPEG) {
            scaled.flatten();
        }
        awake();
        PixelWriter.write(scaled, format, out);
    }

    /** The mask cannot be decoded. */
    public static final class InvalidMaskException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String reason;

        private InvalidMaskException(InvalidImageException cause) {
            super(cause.reason(), cause);
            this.reason = cause.reason();
        }

        /** The reason, to follow a colon. */
        public String reason() {
            return reason;
        }
    }

    /**
     * Puts the allowed part of an edited image into the original.
     *
     * @param returned the edited image
     * @param part the part of the original that was edited
     * @param returnedFacts its header, in dimensions that the caller has checked
     * @param out takes the result, in the format of the edited image
     * @throws InvalidImageException if the edited image cannot be decoded
     */
    public Restored restore(ImageBytes returned, ImageMetadata returnedFacts, PixelBox part, OutputStream out)
            throws IOException, InvalidImageException {
        ImageFormat format = returnedFacts.format();
        Pixels edited = PixelReader.read(returned, returnedFacts).shallow();
        boolean scaled = edited.width() != part.width() || edited.height() != part.height();
        edited = edited.scaledTo(part.width(), part.height());
        awake();
        Pixels result = PixelReader.read(original, facts);
        if (format != ImageFormat.PNG) {
            result = result.shallow();
        }
        boolean flattened = format == ImageFormat.JPEG && result.translucent();
        if (format == ImageFormat.JPEG) {
            result.flatten();
            edited.flatten();
        }
        awake();
        MaskArea area;
        try {
            area = area();
        } catch (InvalidMaskException e) {
            throw new IOException("the mask was decoded before", e);
        }
        long changed = merge(edited, result, area, part);
        awake();
        int inexact = 0;
        if (format == ImageFormat.JPEG) {
            inexact = writeJpeg(result, area, out);
        } else {
            PixelWriter.write(result, format, out);
        }
        return new Restored(changed, area.kept(), scaled, flattened, inexact);
    }

    private MaskArea area() throws IOException, InvalidMaskException {
        try {
            return MaskArea.of(PixelReader.read(mask,
                    new ImageMetadata(ImageFormat.PNG, facts.width(), facts.height(), true, NONE)), edge);
        } catch (InvalidImageException e) {
            throw new InvalidMaskException(e);
        }
    }

    /** Puts the edited part into the original, by the weights of the area; the number of kept pixels that differed. */
    private static long merge(Pixels edited, Pixels result, MaskArea area, PixelBox part) {
        int unit = result.max() / edited.max();
        int[] row = new int[result.width() * Pixels.SAMPLES];
        int[] other = new int[edited.width() * Pixels.SAMPLES];
        long changed = 0;
        for (int y = 0; y < part.height(); y++) {
            result.read(part.y() + y, row);
            edited.read(y, other);
            for (int x = 0; x < part.width(); x++) {
                int weight = area.weight(part.x() + x, part.y() + y);
                int at = (part.x() + x) * Pixels.SAMPLES;
                if (weight == 0) {
                    changed += differs(row, at, other, x * Pixels.SAMPLES, unit) ? 1 : 0;
                } else {
                    mix(row, at, other, x * Pixels.SAMPLES, unit, weight);
                }
            }
            result.write(part.y() + y, row);
        }
        return changed;
    }

    private static boolean differs(int[] kept, int at, int[] edited, int from, int unit) {
        if (kept[at + 3] == 0 && edited[from + 3] == 0) {
            return false; // both are invisible
        }
        for (int sample = 0; sample < Pixels.SAMPLES; sample++) {
            if (Math.abs(kept[at + sample] - edited[from + sample] * unit) > CHANGE * unit) {
                return true;
            }
        }
        return false;
    }

    /** Mixes colors by weight and alpha, so that the color of a transparent pixel does not show. */
    private static void mix(int[] kept, int at, int[] edited, int from, int unit, int weight) {
        long keptShare = (long) (MaskArea.FULL - weight) * kept[at + 3];
        long editedShare = (long) weight * edited[from + 3] * unit;
        long whole = keptShare + editedShare;
        for (int sample = 0; sample < 3; sample++) {
            if (whole > 0) {
                kept[at + sample] = (int) ((kept[at + sample] * keptShare
                        + (long) edited[from + sample] * unit * editedShare
                        + whole / 2) / whole);
            } else {
                kept[at + sample] = edited[from + sample] * unit;
            }
        }
        kept[at + 3] = (int) ((whole + MaskArea.FULL / 2) / MaskArea.FULL);
    }

    /** Encodes, compares the kept pixels, and encodes again if the rounding of the encoder has moved any by more than one level. */
    private static int writeJpeg(Pixels result, MaskArea area, OutputStream out)
            throws IOException, InvalidImageException {
        JpegCorrection correction = new JpegCorrection(result, area);
        Pixels source = result.copy();
        byte[] best = new byte[0];
        int fewest = Integer.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && fewest > 0; attempt++) {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            PixelWriter.write(source, ImageFormat.JPEG, file);
            awake();
            int wrong = correction.correct(source, PixelReader.jpeg(file.toByteArray()), attempt);
            awake();
            if (wrong < fewest) {
                fewest = wrong;
                best = file.toByteArray();
            }
        }
        out.write(best);
        return fewest;
    }

    private static void awake() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("while an edited image was restored");
        }
    }
}
