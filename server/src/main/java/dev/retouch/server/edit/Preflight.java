package dev.retouch.server.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.BadImageException;
import dev.retouch.server.image.ImageFacts;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.image.TransparencyScan;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.ImageRule;
import dev.retouch.server.price.PricedEdit.Dimensions;
import dev.retouch.server.upstream.UpstreamEdit.ImagePart;

/** Looks at the images before anything is sent: how many, how large, which format, and whether the mask fits. */
public final class Preflight {

    private final ImageProbe probe = new ImageProbe();
    private final TransparencyScan transparency = new TransparencyScan();

    /** Refuses more images than the model takes, before any of them is fetched. */
    void count(EditRequest request, ModelEntry model) {
        int most = model.images().most();
        if (request.images().size() > most) {
            // image[0] of a form and images[0] of a document stand for the array before the bracket
            String array = request.images().getFirst().param().replaceAll("\\[.*", "");
            throw new ApiException(ErrorMessage.ARRAY_IS_TOO_LONG, array).with("maximum", most).with("length",
                    request.images().size());
        }
    }

    /** Checks every image and the mask. */
    EditInputs.AtHand check(EditRequest request, ModelEntry model) {
        ImageRule rule = model.images();
        count(request, model);
        List<ImageFacts> facts = new ArrayList<>();
        List<ImagePart> images = new ArrayList<>();
        for (Upload upload : request.images()) {
            refuseSize(upload, rule.bytes());
            ImageFacts found = image(upload, rule);
            facts.add(found);
            images.add(new ImagePart(upload.bytes(), found.format()));
        }
        Optional<ImagePart> mask = request.mask().map(upload -> mask(upload, facts.getFirst(), model.maskBytes()));
        if (mask.isEmpty() && rule.ownAlphaIsMask()) {
            refuseOpaque(request.images().getFirst(),
                    "there is none, and the image has no fully transparent pixel, so nothing may change");
        }
        return new EditInputs.AtHand(images, mask,
                facts.stream().map(image -> new Dimensions(image.width(), image.height())).toList(), request.json());
    }

    private static void refuseSize(Upload upload, long limit) {
        if (upload.bytes().size() == 0) {
            throw new ApiException(ErrorMessage.IMAGE_FILE_IS_EMPTY, upload.param());
        }
        if (upload.bytes().size() >= limit) {
            throw new ApiException(ErrorMessage.IMAGE_FILE_IS_TOO_LARGE, upload.param()).with("maximum", limit);
        }
    }

    private ImageFacts image(Upload upload, ImageRule rule) {
        String supported = String.join(", ", rule.formats());
        ImageFacts facts;
        try {
            facts = probe.probe(upload.bytes());
        } catch (BadImageException e) {
            throw e.foundType()
                    .map(type -> new ApiException(ErrorMessage.FILE_TYPE_IS_NOT_SUPPORTED, upload.param())
                            .with("type", type).with("supported", supported))
                    .orElseGet(() -> invalid(upload, e.reason()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!rule.formats().contains(facts.format().wireName())) {
            throw new ApiException(ErrorMessage.FILE_TYPE_IS_NOT_SUPPORTED, upload.param())
                    .with("type", facts.format().mediaType()).with("supported", supported);
        }
        if (facts.pixels() > rule.pixels()) {
            throw invalid(upload, "it is " + facts.width() + "x" + facts.height() + " pixels large, more than "
                    + rule.pixels() + " in all");
        }
        switch (facts.oddity()) {
            case NONE -> {}
            case ANIMATED -> throw invalid(upload, "it is an animation; send one picture");
            case CMYK -> throw invalid(upload, "its colours are CMYK; save it as RGB");
            case SEVERAL_PICTURES -> throw invalid(upload, "it holds several pictures (MPO); save it as a plain jpeg");
        }
        if (rule.square() && !facts.square()) {
            throw new ApiException(ErrorMessage.IMAGE_IS_NOT_SQUARE, upload.param()).with("width", facts.width())
                    .with("height", facts.height());
        }
        return facts;
    }

    private ImagePart mask(Upload upload, ImageFacts image, long limit) {
        refuseSize(upload, limit);
        ImageFacts facts;
        try {
            facts = probe.probe(upload.bytes());
        } catch (BadImageException e) {
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
            throw badMask("it is " + facts.width() + "x" + facts.height() + " pixels, but the first image is "
                    + image.width() + "x" + image.height());
        }
        refuseOpaque(upload, "it has no fully transparent pixel, so nothing may change");
        return new ImagePart(upload.bytes(), facts.format());
    }

    private void refuseOpaque(Upload upload, String reason) {
        try {
            if (!transparency.hasTransparentPixel(upload.bytes())) {
                throw badMask(reason);
            }
        } catch (BadImageException e) {
            throw badMask("it is " + e.reason());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ApiException invalid(Upload upload, String reason) {
        return new ApiException(ErrorMessage.IMAGE_FILE_IS_INVALID, upload.param()).with("reason", reason);
    }

    private static ApiException badMask(String reason) {
        return new ApiException(ErrorMessage.MASK_IS_INVALID).with("reason", reason);
    }
}
