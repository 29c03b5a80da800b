package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.glassfish.jersey.media.multipart.BodyPart;
import org.glassfish.jersey.media.multipart.FormDataBodyPart;
import org.glassfish.jersey.media.multipart.FormDataMultiPart;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;

/**
 * A form becomes an {@link EditRequest}. Images come under many names and keep the order of their parts; an empty value, or
 * an empty file without a name, was not given.
 */
public final class FormIntake {

    private static final String MASK = "mask";

    private final Set<String> knownFields;

    /** An intake for which every field but these is unknown. */
    public FormIntake(Set<String> knownFields) {
        this.knownFields = Set.copyOf(knownFields);
    }

    /** Understands a form. */
    public EditRequest read(FormDataMultiPart form) {
        List<FormDataBodyPart> images = new ArrayList<>();
        List<FormDataBodyPart> masks = new ArrayList<>();
        Map<String, String> texts = new LinkedHashMap<>();
        Map<String, String> unknown = new LinkedHashMap<>();
        for (BodyPart part : form.getBodyParts()) {
            FormDataBodyPart field = (FormDataBodyPart) part;
            switch (field.getEntity()) {
                case ImageBytes file -> {
                    if (given(field, file)) {
                        (field.getName().equals(MASK) ? masks : images).add(field);
                    }
                }
                case String text ->
                    text(knownFields.contains(field.getName()) ? texts : unknown, field.getName(), text);
                default -> throw new IllegalStateException("a part that is neither file nor text");
            }
        }
        if (images.isEmpty()) {
            throw new ApiException(ErrorMessage.IMAGE_FILE_IS_REQUIRED);
        }
        if (masks.size() > 1) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_REPEATED, MASK);
        }
        Optional<String> model = Optional.ofNullable(texts.remove("model"));
        Optional<String> prompt = Optional.ofNullable(texts.remove("prompt"));
        return new EditRequest(model, prompt, uploads(images),
                masks.stream().findFirst().map(mask -> new Upload(MASK, (ImageBytes) mask.getEntity())), texts,
                unknown);
    }

    private static void text(Map<String, String> texts, String name, String value) {
        // seen in a relay's own sample: --form 'n=""' sends the quotes along
        if (value.isEmpty() || value.equals("\"\"")) {
            return;
        }
        if (texts.putIfAbsent(name, value) != null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_REPEATED, name);
        }
    }

    /**
     * A browser sends a file field that nobody filled as an empty file without a name, and a script's empty value as one
     * with the name that the XMLHttpRequest standard gives to a nameless blob. A named empty file is somebody's mistake.
     */
    private static boolean given(FormDataBodyPart field, ImageBytes file) {
        String fileName = field.getFormDataContentDisposition().getFileName();
        boolean named = fileName != null && !fileName.isBlank() && !fileName.equals("blob");
        return file.size() > 0 || named;
    }

    private static List<Upload> uploads(List<FormDataBodyPart> parts) {
        List<Upload> uploads = new ArrayList<>();
        for (FormDataBodyPart part : parts) {
            String param = parts.size() == 1 ? "image" : "image[" + uploads.size() + "]";
            uploads.add(new Upload(param, (ImageBytes) part.getEntity()));
        }
        return uploads;
    }
}
