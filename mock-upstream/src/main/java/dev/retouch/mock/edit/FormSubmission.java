package dev.retouch.mock.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

import dev.retouch.mock.edit.Submission.Upload;
import dev.retouch.mock.error.Refusals;
import dev.retouch.mock.intake.FormPart;

/** Sorts the parts of a form, as strictly as OpenAI: only {@code image[]} may come more than once. */
final class FormSubmission {

    private static final String IMAGE = "image";
    private static final String IMAGES = "image[]";
    private static final String MASK = "mask";

    private final Map<String, JsonNode> values = new LinkedHashMap<>();
    private final List<Upload> images = new ArrayList<>();
    private Optional<Upload> mask = Optional.empty();
    private boolean single;

    static Submission of(List<FormPart> parts) {
        FormSubmission submission = new FormSubmission();
        parts.forEach(submission::take);
        return new Submission(submission.values, false, submission.images, submission.mask);
    }

    private void take(FormPart part) {
        switch (part.name()) {
            case IMAGE -> {
                if (single) {
                    throw Refusals.duplicate(IMAGE);
                }
                if (!images.isEmpty()) {
                    throw Refusals.mutuallyExclusive(IMAGE, IMAGES);
                }
                single = true;
                images.add(new Upload(IMAGE, file(part, IMAGE)));
            }
            case IMAGES -> {
                if (single) {
                    throw Refusals.mutuallyExclusive(IMAGE, IMAGES);
                }
                String name = "image[" + images.size() + "]";
                images.add(new Upload(name, file(part, name)));
            }
            case MASK -> {
                if (mask.isPresent()) {
                    throw Refusals.duplicate(MASK);
                }
                mask = Optional.of(new Upload(MASK, file(part, MASK)));
            }
            default -> takeValue(part);
        }
    }

    private static dev.retouch.mock.intake.StoredBytes file(FormPart part, String name) {
        if (part.text().isPresent()) {
            throw Refusals.wrongType(name, "a file", "a string");
        }
        return part.bytes();
    }

    private void takeValue(FormPart part) {
        EditParameters.refuseUnknown(part.name());
        String text = part.text().orElseThrow(() -> Refusals.wrongType(part.name(), "a string", "a file"));
        if (values.put(part.name(), TextNode.valueOf(text)) != null) {
            throw Refusals.duplicate(part.name());
        }
    }
}
