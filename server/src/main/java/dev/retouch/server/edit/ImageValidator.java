package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageInspector;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.image.TransparencyScan;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.ImageRule;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

/** Validates the images before dispatch: number, size, format, dimensions and the mask. */
public final class ImageValidator implements AutoCloseable {

    private final ImageInspector inspector = new ImageInspector();
    private final TransparencyScan transparency = new TransparencyScan();
    private final ScanPool scans = new ScanPool();

    /** Rejects more images than the model accepts, before any remote image is fetched. */
    void count(EditRequest request, ModelEntry model) {
        int max = model.images().max();
        if (request.images().size() > max) {
            // an error about the number names the array, which is the parameter up to the bracket
            String array = request.images().getFirst().param().replaceAll("\\[.*", "");
            throw new ApiException(ErrorMessage.ARRAY_IS_TOO_LONG, array).withArgument("maximum", max).withArgument(
                    "length",
                    request.images().size());
        }
    }

    /**
     * Validates every image and the mask.
     *
     * @param key root key id of the principal, whose scans run on a part of the threads
     */
    EditInputs.AtHand check(EditRequest request, ModelEntry model, String key) {
        ImageRule rule = model.images();
        count(request, model);
        List<ImageMetadata> facts = new ArrayList<>();
        List<ImagePart> images = new ArrayList<>();
        for (Upload upload : request.images()) {
            refuseSize(upload, rule.bytes());
            ImageMetadata found = image(upload, rule, key);
            facts.add(found);
            images.add(new ImagePart(upload.bytes(), found.format()));
        }
        Optional<ImagePart> mask = request.mask()
                .map(upload -> mask(upload, facts.getFirst(), model.maskBytes(), key));
        if (mask.isEmpty() && rule.ownAlphaIsMask()) {
            refuseOpaque(key, request.images().getFirst(),
                    "there is none, and the image has no fully transparent pixel, so nothing may change");
        }
        Optional<ImagePart> markup = request.markup()
                .map(upload -> markup(upload, facts.getFirst(), model, key));
        return new EditInputs.AtHand(images, mask, markup,
                facts.stream().map(image -> new Dimensions(image.width(), image.height())).toList(), request.json(),
                List.of());
    }

    private static void refuseSize(Upload upload, long limit) {
        if (upload.bytes().size() == 0) {
            throw new ApiException(ErrorMessage.IMAGE_FILE_IS_EMPTY, upload.param());
        }
        if (upload.bytes().size() >= limit) {
            throw new ApiException(ErrorMessage.IMAGE_FILE_IS_TOO_LARGE, upload.param()).withArgument("maximum", limit);
        }
    }

    private ImageMetadata image(Upload upload, ImageRule rule, String key) {
        String supported = String.join(", ", rule.formats());
        ImageMetadata facts;
        try {
            facts = inspect(key, upload);
        } catch (InvalidImageException e) {
            throw e.foundType()
                    .map(type -> new ApiException(ErrorMessage.FILE_TYPE_IS_NOT_SUPPORTED, upload.param())
                            .withArgument("type", type).withArgument("supported", supported))
                    .orElseGet(() -> invalid(upload, e.reason()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!rule.formats().contains(facts.format().wireName())) {
            throw new ApiException(ErrorMessage.FILE_TYPE_IS_NOT_SUPPORTED, upload.param())
                    .withArgument("type", facts.format().mediaType()).withArgument("supported", supported);
        }
        if (facts.pixels() > rule.pixels()) {
            throw invalid(upload, "it is " + facts.width() + "x" + facts.height() + " pixels large, more than "
                    + rule.pixels() + " in all");
        }
        switch (facts.unsupportedFeature()) {
            case NONE -> {}
            case ANIMATED -> throw invalid(upload, "it is an animation; send one picture");
            case CMYK -> throw invalid(upload, "its colours are CMYK; save it as RGB");
            case SEVERAL_PICTURES -> throw invalid(upload, "it holds several pictures (MPO); save it as a plain jpeg");
        }
        if (rule.square() && !facts.square()) {
            throw new ApiException(ErrorMessage.IMAGE_IS_NOT_SQUARE, upload.param())
                    .withArgument("width", facts.width())
                    .withArgument("height", facts.height());
        }
        return facts;
    }

    private ImagePart mask(Upload upload, ImageMetadata image, long limit, String key) {
        refuseSize(upload, limit);
        ImageMetadata facts;
        try {
            facts = inspect(key, upload);
        } catch (InvalidImageException e) {
            throw badMask(e.foundType().map(type -> "expected a png with an alpha channel, but got " + type)
                    .orElse(e.reason()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (facts.format() != ImageFormat.PNG) {
            throw badMask("expected a png with an alpha channel, but got " + facts.format().mediaType());
        }
        if (!facts.alpha()) {
            throw badMask("it has no alpha channel, so nothing in it is transparent and nothing may change");
        }
        if (facts.width() != image.width() || facts.height() != image.height()) {
            throw badMask(otherSize(facts, image));
        }
        refuseOpaque(key, upload, "it has no fully transparent pixel, so nothing may change");
        return new ImagePart(upload.bytes(), facts.format());
    }

    private ImagePart markup(Upload upload, ImageMetadata image, ModelEntry model, String key) {
        Long limit = model.markupBytes();
        refuseSize(upload, limit == null ? model.maskBytes() : limit);
        try {
            ImageMetadata facts = inspect(key, upload);
            if (facts.format() != ImageFormat.PNG) {
                throw invalid(upload, "expected a png with an alpha channel, but got " + facts.format().mediaType());
            }
            if (facts.width() != image.width() || facts.height() != image.height()) {
                throw invalid(upload, otherSize(facts, image));
            }
            if (!facts.alpha() || !hasTransparentPixel(key, upload)) {
                throw invalid(upload, "it has no transparent pixel; it must contain only the marks");
            }
            return new ImagePart(upload.bytes(), facts.format());
        } catch (InvalidImageException e) {
            throw invalid(upload, e.foundType().map(type -> "expected a png with an alpha channel, but got " + type)
                    .orElse(e.reason()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String otherSize(ImageMetadata facts, ImageMetadata image) {
        return "it is " + displayed(facts) + ", but the first image is " + displayed(image).replace(" pixels", "");
    }

    private static String displayed(ImageMetadata image) {
        return image.width() + "x" + image.height() + " pixels" + (image.turned()
                ? " as displayed (stored as " + image.height() + "x" + image.width() + " with EXIF orientation "
                        + image.orientation() + ")"
                : "");
    }

    private void refuseOpaque(String key, Upload upload, String reason) {
        try {
            if (!hasTransparentPixel(key, upload)) {
                throw badMask(reason);
            }
        } catch (InvalidImageException e) {
            throw badMask("it is " + e.reason());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ImageMetadata inspect(String key, Upload upload) throws IOException, InvalidImageException {
        Optional<ImageMetadata> found = inspector.inspectQuickly(upload.bytes());
        return found.isPresent() ? found.get() : scan(key, () -> inspector.inspect(upload.bytes()));
    }

    private boolean hasTransparentPixel(String key, Upload upload) throws IOException, InvalidImageException {
        return scan(key, () -> transparency.hasTransparentPixel(upload.bytes()));
    }

    private <T> T scan(String key, Callable<T> work) throws IOException, InvalidImageException {
        try {
            return scans.run(key, work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("while an image was scanned");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case InvalidImageException invalid -> throw invalid;
                case IOException broken -> throw broken;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException("an image was not scanned", e);
            }
        }
    }

    /** Ends the threads of scans. */
    @Override
    public void close() {
        scans.close();
    }

    private static ApiException invalid(Upload upload, String reason) {
        return new ApiException(ErrorMessage.IMAGE_FILE_IS_INVALID, upload.param()).withArgument("reason", reason);
    }

    private static ApiException badMask(String reason) {
        return new ApiException(ErrorMessage.MASK_IS_INVALID).withArgument("reason", reason);
    }
}
