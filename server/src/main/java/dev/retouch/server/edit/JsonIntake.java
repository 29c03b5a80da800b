package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.contract.model.ImageReference;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.intake.InlineImage;

/** A JSON document becomes an {@link EditRequest}. */
public final class JsonIntake {

    /** OpenAI's bound on {@code image_url}. */
    private static final long MOST_URL_CHARACTERS = 20_971_520;

    /** Understands a document; the exchange has the images that were taken out of it. */
    public EditRequest read(ImageEditJson document, Exchange exchange) {
        List<Upload> images = images(document, exchange);
        Optional<Upload> mask = Optional.ofNullable(document.getMask()).map(reference -> mask(reference, exchange));
        Map<String, String> parameters = new LinkedHashMap<>();
        put(parameters, "n", document.getN());
        put(parameters, "size", document.getSize());
        put(parameters, "quality", document.getQuality());
        put(parameters, "background", document.getBackground());
        put(parameters, "output_format", document.getOutputFormat());
        put(parameters, "output_compression", document.getOutputCompression());
        put(parameters, "input_fidelity", document.getInputFidelity());
        put(parameters, "moderation", document.getModeration());
        put(parameters, "response_format", document.getResponseFormat());
        put(parameters, "stream", document.getStream());
        put(parameters, "partial_images", document.getPartialImages());
        put(parameters, "user", document.getUser());
        return new EditRequest(Optional.ofNullable(document.getModel()).filter(model -> !model.isEmpty()),
                Optional.ofNullable(document.getPrompt()), images, mask, parameters,
                exchange.unknownParameters(), true);
    }

    private static void put(Map<String, String> parameters, String name, @Nullable Object value) {
        if (value != null && !value.toString().isEmpty()) {
            parameters.put(name, value.toString());
        }
    }

    private static List<Upload> images(ImageEditJson document, Exchange exchange) {
        List<ImageReference> references = document.getImages();
        List<String> strings = document.getImage();
        boolean hasReferences = references != null && !references.isEmpty();
        boolean hasStrings = strings != null && !strings.isEmpty();
        if (hasReferences && hasStrings) {
            throw new ApiException(ErrorMessage.IMAGES_ARE_AMBIGUOUS);
        }
        List<Upload> uploads = new ArrayList<>();
        if (hasReferences) {
            for (ImageReference reference : references) {
                uploads.add(image(reference, "images[" + uploads.size() + "]", exchange));
            }
        } else if (hasStrings) {
            for (String string : strings) {
                uploads.add(inline(string, "image[" + uploads.size() + "]", true, exchange));
            }
        } else {
            throw new ApiException(ErrorMessage.IMAGE_URL_IS_REQUIRED);
        }
        return uploads;
    }

    private static Upload image(@Nullable ImageReference reference, String param, Exchange exchange) {
        if (reference != null && reference.getFileId() != null) {
            throw new ApiException(ErrorMessage.IMAGE_FILE_ID_IS_NOT_SUPPORTED);
        }
        if (reference == null || reference.getImageUrl() == null || reference.getImageUrl().isBlank()) {
            throw new ApiException(ErrorMessage.IMAGE_URL_IS_REQUIRED);
        }
        return inline(reference.getImageUrl(), param, false, exchange);
    }

    private static Upload mask(ImageReference reference, Exchange exchange) {
        if (reference.getFileId() != null) {
            throw new ApiException(ErrorMessage.MASK_FILE_ID_IS_NOT_SUPPORTED);
        }
        if (reference.getImageUrl() == null || reference.getImageUrl().isBlank()) {
            throw new ApiException(ErrorMessage.MASK_URL_IS_REQUIRED);
        }
        return inline(reference.getImageUrl(), "mask", false, exchange);
    }

    private static Upload inline(@Nullable String text, String param, boolean plainAllowed, Exchange exchange) {
        if (text == null || text.isBlank()) {
            throw new ApiException(ErrorMessage.STRING_IS_EMPTY, param);
        }
        if (isHttp(text)) {
            return Upload.at(param, text);
        }
        InlineImage image = exchange.inlineImage(text)
                .orElseThrow(() -> new ApiException(ErrorMessage.IMAGE_URL_IS_INVALID, param).with("reason",
                        "expected an http, https or data: URL"));
        if (!plainAllowed && image.characters() > MOST_URL_CHARACTERS) {
            throw new ApiException(ErrorMessage.STRING_IS_TOO_LONG, param).with("maximum", MOST_URL_CHARACTERS)
                    .with("length", image.characters());
        }
        ImageBytes bytes = image.bytes().orElseThrow(() -> new ApiException(ErrorMessage.BASE64_IS_INVALID, param));
        return new Upload(param, bytes);
    }

    private static boolean isHttp(String text) {
        return text.regionMatches(true, 0, "http://", 0, 7) || text.regionMatches(true, 0, "https://", 0, 8);
    }
}
