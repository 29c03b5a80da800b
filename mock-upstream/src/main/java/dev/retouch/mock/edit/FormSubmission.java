package dev.retouch.mock.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

import dev.retouch.mock.edit.RawEdit.Upload;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.FormPart;

/** Sorts the parts of a form, as strictly as OpenAI: only {@code image[]} may come more than once. */
final class FormSubmission {

    private static final String IMAGE = "image";
    private static final String IMAGES = "image[]";
    private static final String MASK = "mask";
    private static final String MARKUP = "markup";

    private final Map<String, JsonNode> values = new LinkedHashMap<>();
    private final List<Upload> images = new ArrayList<>();
    private Optional<Upload> mask = Optional.empty();
    private Optional<Upload> markup = Optional.empty();
    private boolean single;

    static RawEdit of(List<FormPart> parts) {
        FormSubmission submission = new FormSubmission();
        parts.forEach(submission::take);
        return new RawEdit(submission.values, false, submission.images, submission.mask,
                submission.markup);
    }

    private void take(FormPart part) {
        switch (part.name()) {
            case IMAGE -> {
                if (single) {
                    throw ProviderErrors.duplicate(IMAGE);
                }
                if (!images.isEmpty()) {
                    throw ProviderErrors.mutuallyExclusive(IMAGE, IMAGES);
                }
                single = true;
                images.add(new Upload(IMAGE, file(part, IMAGE)));
            }
            case IMAGES -> {
                if (single) {
                    throw ProviderErrors.mutuallyExclusive(IMAGE, IMAGES);
                }
                String name = "image[" + images.size() + "]";
                images.add(new Upload(name, file(part, name)));
            }
            case MASK -> {
                if (mask.isPresent()) {
                    throw ProviderErrors.duplicate(MASK);
                }
                mask = Optional.of(new Upload(MASK, file(part, MASK)));
            }
            case MARKUP -> {
                if (markup.isPresent()) {
                    throw ProviderErrors.duplicate(MARKUP);
                }
                markup = Optional.of(new Upload(MARKUP, file(part, MARKUP)));
            }
            default -> takeValue(part);
        }
    }

    private static dev.retouch.mock.intake.StoredBytes file(FormPart part, String name) {
        if (part.text().isPresent()) {
            throw ProviderErrors.wrongType(name, "a file", "a string");
        }
        return part.bytes();
    }

    private void takeValue(FormPart part) {
        EditParameters.refuseUnknown(part.name());
        String text = part.text().orElseThrow(() -> ProviderErrors.wrongType(part.name(), "a string", "a file"));
        if (values.put(part.name(), TextNode.valueOf(text)) != null) {
            throw ProviderErrors.duplicate(part.name());
        }
    }
}
