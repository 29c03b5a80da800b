package dev.retouch.mock.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.retouch.mock.edit.EditRequest.Input;
import dev.retouch.mock.edit.RawEdit.Upload;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.model.Family.ImageLimits;
import dev.retouch.mock.picture.ImageFacts;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.picture.ImageProbe;
import dev.retouch.mock.picture.UnreadableImageException;

/** Validates images and masks by their headers. */
final class InputRules {

    private static final long MASK_BELOW_BYTES = 4L * 1024 * 1024;

    List<Input> images(List<Upload> uploads, ImageLimits limits) throws IOException {
        if (uploads.size() > limits.max()) {
            String parameter = uploads.getFirst().parameter().startsWith("images") ? "images" : "image";
            throw ProviderErrors.tooMany(parameter, limits.max(), uploads.size());
        }
        List<Input> images = new ArrayList<>();
        for (Upload upload : uploads) {
            images.add(image(upload, limits));
        }
        return images;
    }

    private static Input image(Upload upload, ImageLimits limits) throws IOException {
        checkSize(upload, limits.belowBytes());
        Optional<ImageFormat> format = ImageProbe.format(upload.bytes().file());
        String found = format.map(known -> "image/" + known.wireName()).orElse("application/octet-stream");
        if (format.isEmpty() || !limits.formats().contains(format.get().wireName())) {
            throw ProviderErrors.unsupportedImage(upload.parameter(), found, limits.formats());
        }
        Input image = probe(upload, format.get());
        if (limits.square() && image.facts().width() != image.facts().height()) {
            throw ProviderErrors.invalidImage(upload.parameter(),
                    "Invalid input image - expected a square image, but got "
                            + image.facts().width() + "x" + image.facts().height() + ".");
        }
        return image;
    }

    Optional<Input> mask(Optional<Upload> upload, Input first) throws IOException {
        return upload.isEmpty() ? Optional.empty() : Optional.of(mask(upload.get(), first));
    }

    private static Input mask(Upload upload, Input first) throws IOException {
        checkSize(upload, MASK_BELOW_BYTES);
        if (ImageProbe.format(upload.bytes().file()).filter(ImageFormat.PNG::equals).isEmpty()) {
            throw ProviderErrors.invalidMask("mask image must be a PNG file");
        }
        Input mask = probe(upload, ImageFormat.PNG);
        if (!mask.facts().alpha()) {
            throw ProviderErrors.invalidMask("mask image missing alpha channel");
        }
        if (mask.facts().width() != first.facts().width() || mask.facts().height() != first.facts().height()) {
            throw ProviderErrors.invalidMask("mask size does not match image size");
        }
        return mask;
    }

    Optional<Input> markup(Optional<Upload> upload, Input first) throws IOException {
        return upload.isEmpty() ? Optional.empty() : Optional.of(markup(upload.get(), first));
    }

    private static Input markup(Upload upload, Input first) throws IOException {
        checkSize(upload, MASK_BELOW_BYTES);
        if (ImageProbe.format(upload.bytes().file()).filter(ImageFormat.PNG::equals).isEmpty()) {
            throw ProviderErrors.invalidImage(upload.parameter(), "Invalid markup image - it must be a PNG file.");
        }
        Input markup = probe(upload, ImageFormat.PNG);
        if (!markup.facts().alpha()) {
            throw ProviderErrors.invalidImage(upload.parameter(),
                    "Invalid markup image - it must contain transparent pixels.");
        }
        if (markup.facts().width() != first.facts().width() || markup.facts().height() != first.facts().height()) {
            throw ProviderErrors.invalidImage(upload.parameter(),
                    "Invalid markup image - its dimensions must match the first image.");
        }
        return markup;
    }

    private static void checkSize(Upload upload, long belowBytes) {
        if (upload.bytes().size() == 0) {
            throw ProviderErrors.emptyImage(upload.parameter());
        }
        if (upload.bytes().size() >= belowBytes) {
            throw ProviderErrors.imageTooLarge(upload.parameter(), belowBytes);
        }
    }

    private static Input probe(Upload upload, ImageFormat format) throws IOException {
        try {
            ImageFacts facts = ImageProbe.facts(upload.bytes().file(), format);
            return new Input(upload.parameter(), upload.bytes(), facts);
        } catch (UnreadableImageException e) {
            throw ProviderErrors.invalidImage(upload.parameter(), String.valueOf(e.getMessage()));
        }
    }
}
