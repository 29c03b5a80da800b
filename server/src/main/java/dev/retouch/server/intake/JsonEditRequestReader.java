package dev.retouch.server.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.contract.model.ImageReference;
import dev.retouch.server.contract.model.SvgSettings;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.InlineImage;

/** Turns a JSON document into an {@link EditRequest}. */
public final class JsonEditRequestReader {

    /** OpenAI's maximum of {@code image_url}. */
    private static final long MAX_URL_CHARACTERS = 20_971_520;
    private static final String FORMS = "expected an http, https or data: URL, or the base64 of a png, jpeg or webp";

    private final int maxImages;

    /** A reader of documents with at most so many images, which is the limit of the intake and not of a model. */
    public JsonEditRequestReader(int maxImages) {
        this.maxImages = maxImages;
    }

    /** Reads a document; the exchange has the images that were extracted from it. */
    public EditRequest read(ImageEditJson document, Exchange exchange) {
        List<Upload> images = images(document, exchange);
        Optional<Upload> mask = Optional.ofNullable(document.getMask()).map(reference -> mask(reference, exchange));
        Optional<Upload> markup = Optional.ofNullable(document.getMarkup())
                .map(reference -> markup(reference, exchange));
        ParameterValues parameters = new ParameterValues();
        parameters.put("model", document.getModel());
        putInteger(parameters, "n", document.getN(), exchange);
        parameters.put("size", document.getSize());
        parameters.put("quality", document.getQuality());
        parameters.put("background", document.getBackground());
        parameters.put("output_format", document.getOutputFormat());
        putInteger(parameters, "output_compression", document.getOutputCompression(), exchange);
        parameters.put("input_fidelity", document.getInputFidelity());
        parameters.put("moderation", document.getModeration());
        parameters.put("mask_mode", document.getMaskMode());
        parameters.put("response_format", document.getResponseFormat());
        parameters.put("stream", document.getStream());
        putInteger(parameters, "partial_images", document.getPartialImages(), exchange);
        parameters.put("complexity", document.getComplexity());
        putInteger(parameters, "frame_count", document.getFrameCount(), exchange);
        putInteger(parameters, "frame_duration_ms", document.getFrameDurationMs(), exchange);
        SvgSettings svg = document.getSvg();
        if (svg != null) {
            parameters.put("svg.model", svg.getModel());
            parameters.put("svg.reasoning.effort", svg.getReasoning() == null ? null : svg.getReasoning().getEffort());
        }
        parameters.put("user", document.getUser());
        Optional<String> model = parameters.take("model");
        return new EditRequest(model, Optional.ofNullable(document.getPrompt()), images, mask, markup,
                parameters.all(),
                exchange.unknownParameters(), true);
    }

    private static void putInteger(ParameterValues parameters, String name, @Nullable Integer value,
            Exchange exchange) {
        Optional<String> large = exchange.largeInteger(name);
        parameters.put(name, large.isPresent() ? large.get() : value);
    }

    private List<Upload> images(ImageEditJson document, Exchange exchange) {
        List<ImageReference> references = document.getImages();
        List<String> strings = document.getImage();
        boolean hasReferences = references != null && !references.isEmpty();
        boolean hasStrings = strings != null && !strings.isEmpty();
        if (hasReferences && hasStrings) {
            throw new ApiException(ErrorMessage.IMAGES_ARE_AMBIGUOUS);
        }
        List<Upload> uploads = new ArrayList<>();
        if (hasReferences) {
            count(references, FieldNames.IMAGES);
            for (ImageReference reference : references) {
                uploads.add(image(reference, "images[" + uploads.size() + "]", exchange));
            }
        } else if (hasStrings) {
            count(strings, FieldNames.IMAGE);
            for (String string : strings) {
                uploads.add(inline(string, "image[" + uploads.size() + "]", true, exchange));
            }
        } else {
            throw new ApiException(ErrorMessage.IMAGE_URL_IS_REQUIRED);
        }
        return uploads;
    }

    private void count(List<?> images, String param) {
        if (images.size() > maxImages) {
            throw new ApiException(ErrorMessage.ARRAY_IS_TOO_LONG, param).withArgument("maximum", maxImages)
                    .withArgument("length",
                            images.size());
        }
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

    private static Upload markup(ImageReference reference, Exchange exchange) {
        if (reference.getFileId() != null) {
            throw new ApiException(ErrorMessage.MARKUP_FILE_ID_IS_NOT_SUPPORTED);
        }
        if (reference.getImageUrl() == null || reference.getImageUrl().isBlank()) {
            throw new ApiException(ErrorMessage.MARKUP_URL_IS_REQUIRED);
        }
        return inline(reference.getImageUrl(), "markup", false, exchange);
    }

    private static Upload inline(@Nullable String text, String param, boolean list, Exchange exchange) {
        if (text == null || text.isBlank()) {
            throw new ApiException(ErrorMessage.STRING_IS_EMPTY, param);
        }
        String url = text.strip();
        if (isHttp(url)) {
            return Upload.at(param, url);
        }
        InlineImage image = exchange.inlineImage(url).orElseThrow(() -> wrongUrl(param));
        boolean longest = !list && image.characters() > MAX_URL_CHARACTERS;
        if (longest) {
            throw new ApiException(ErrorMessage.STRING_IS_TOO_LONG, param).withArgument("maximum", MAX_URL_CHARACTERS)
                    .withArgument("length", image.characters());
        }
        if (!list && !image.dataUrl() && !image.bytes().map(JsonEditRequestReader::isImage).orElse(false)) {
            throw wrongUrl(param); // base64 is accepted here only where it cannot be anything else
        }
        ImageBytes bytes = image.bytes().orElseThrow(() -> new ApiException(ErrorMessage.BASE64_IS_INVALID, param));
        return new Upload(param, bytes);
    }

    private static ApiException wrongUrl(String param) {
        return new ApiException(ErrorMessage.IMAGE_URL_IS_INVALID, param).withArgument("reason", FORMS);
    }

    private static boolean isImage(ImageBytes bytes) {
        try (InputStream in = bytes.open()) {
            return ImageFormat.byMagic(in.readNBytes(12)).isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isHttp(String text) {
        return text.regionMatches(true, 0, "http://", 0, 7) || text.regionMatches(true, 0, "https://", 0, 8);
    }
}
