package dev.retouch.server.intake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.glassfish.jersey.media.multipart.BodyPart;
import org.glassfish.jersey.media.multipart.FormDataBodyPart;
import org.glassfish.jersey.media.multipart.FormDataMultiPart;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;

/**
 * Turns a form into an {@link EditRequest}. Images keep the order of their parts, whatever the spelling of their names. An empty
 * value, or an empty file without a name, counts as not given.
 */
public final class FormEditRequestReader {

    /** Parameters by the names that fields may have: a member of an object as {@code svg[model]} and as {@code svg.model}. */
    private final Map<String, String> parameters = new HashMap<>();

    /** A reader for which every text field except these is unknown. */
    public FormEditRequestReader(Set<String> knownFields) {
        for (String field : knownFields) {
            String parameter = field.replace("[", ".").replace("]", "");
            parameters.put(field, parameter);
            parameters.put(parameter, parameter);
        }
    }

    /** Reads a form. */
    public EditRequest read(FormDataMultiPart form) {
        List<FormDataBodyPart> images = new ArrayList<>();
        List<FormDataBodyPart> masks = new ArrayList<>();
        List<FormDataBodyPart> markups = new ArrayList<>();
        ParameterValues texts = new ParameterValues();
        Map<String, String> unknown = new LinkedHashMap<>();
        for (BodyPart part : form.getBodyParts()) {
            FormDataBodyPart field = (FormDataBodyPart) part;
            switch (field.getEntity()) {
                case ImageBytes file -> {
                    if (given(field, file)) {
                        switch (field.getName()) {
                            case FieldNames.MASK -> masks.add(field);
                            case FieldNames.MARKUP -> markups.add(field);
                            default -> images.add(field);
                        }
                    }
                }
                case String text -> text(field.getName(), text, texts, unknown);
                default -> throw new IllegalStateException("a part that is neither file nor text");
            }
        }
        if (images.isEmpty()) {
            throw new ApiException(ErrorMessage.IMAGE_FILE_IS_REQUIRED);
        }
        if (masks.size() > 1 || markups.size() > 1) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_REPEATED,
                    masks.size() > 1 ? FieldNames.MASK : FieldNames.MARKUP);
        }
        Optional<String> model = texts.take("model");
        Optional<String> prompt = texts.take("prompt");
        return new EditRequest(model, prompt, uploads(images),
                masks.stream().findFirst().map(mask -> new Upload(FieldNames.MASK, (ImageBytes) mask.getEntity())),
                markups.stream().findFirst()
                        .map(markup -> new Upload(FieldNames.MARKUP, (ImageBytes) markup.getEntity())),
                texts.all(), unknown, false);
    }

    private void text(String name, String value, ParameterValues texts, Map<String, String> unknown) {
        // seen in a sample of a relay: --form 'n=""' sends the quotes as part of the value
        if (value.isEmpty() || value.equals("\"\"")) {
            return;
        }
        String parameter = parameters.get(name);
        if (parameter != null) {
            texts.put(parameter, value);
        } else if (unknown.putIfAbsent(name, value) != null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_REPEATED, name);
        }
    }

    /**
     * Whether a file was given. Browsers send an unused file field as an empty file without a name; scripts send an empty value as
     * an empty file named {@code blob}, as XMLHttpRequest does. An empty file with another name is a mistake of the client.
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
