package dev.retouch.server.image;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

import dev.retouch.server.bytes.PooledBuffer;

/** Fuzz target: an image is described within the bounds of its format, alike by both ways of looking at it, or refused. */
public final class ImageFuzz {

    private static final int MAX_EDGE = 65_535;
    /** Rows of larger images take a fuzzer's time and show nothing more. */
    private static final int SCANNED_PIXELS = 1 << 20;

    private ImageFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        ImageBytes image = new ImageBytes(List.of(PooledBuffer.wrapping(data)), data.length);
        ImageInspector inspector = new ImageInspector();
        try {
            Optional<ImageMetadata> quick = inspector.inspectQuickly(image);
            ImageMetadata facts = quick.isPresent() || isHuge(image) ? quick.orElse(null) : inspector.inspect(image);
            if (facts == null) {
                return;
            }
            require(facts.width() > 0 && facts.width() <= MAX_EDGE && facts.height() > 0 && facts.height() <= MAX_EDGE,
                    facts);
            require(facts.orientation() >= 1 && facts.orientation() <= 8, facts);
            if (facts.format() == ImageFormat.PNG && facts.pixels() <= SCANNED_PIXELS) {
                require(!new TransparencyScan().hasTransparentPixel(image) || facts.alpha(), facts);
            }
        } catch (InvalidImageException e) {
            require(!e.reason().isBlank(), e);
        }
    }

    private static boolean isHuge(ImageBytes image) throws IOException, InvalidImageException {
        return new ImageProbe().probe(image).pixels() > SCANNED_PIXELS;
    }

    private static void require(boolean right, Object shown) {
        if (!right) {
            throw new AssertionError(shown);
        }
    }
}
