package dev.retouch.mock.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;

import dev.retouch.mock.edit.RawEdit.Upload;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.DataUrl;
import dev.retouch.mock.intake.StoredBytes;

/** Sorts the members of a JSON edit. Images are data URLs only: this provider never fetches anything from anywhere. */
final class JsonSubmission {

    private JsonSubmission() {}

    static RawEdit of(JsonNode document) {
        if (!document.isObject()) {
            throw ProviderErrors.badRequest("Invalid body: expected an object, but got " + RawEdit.kind(document)
                    + " instead.", null, "invalid_type");
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        List<Upload> images = List.of();
        Optional<Upload> mask = Optional.empty();
        Optional<Upload> markup = Optional.empty();
        for (Map.Entry<String, JsonNode> member : document.properties()) {
            JsonNode value = member.getValue();
            switch (member.getKey()) {
                case "images" -> images = value.isNull() ? List.of() : images(value);
                case "mask" -> mask = value.isNull() ? Optional.empty() : Optional.of(image(value, "mask", "mask"));
                case "markup" ->
                    markup = value.isNull() ? Optional.empty() : Optional.of(image(value, "markup", "markup"));
                case EditParameters.SVG_MODEL, EditParameters.SVG_EFFORT ->
                    throw ProviderErrors.unknownParameter(member.getKey());
                default -> {
                    EditParameters.refuseUnknown(member.getKey());
                    if (!value.isNull()) {
                        values.put(member.getKey(), value);
                    }
                }
            }
        }
        return new RawEdit(values, true, images, mask, markup);
    }

    private static List<Upload> images(JsonNode array) {
        if (!array.isArray()) {
            throw ProviderErrors.wrongType("images", "an array of objects", RawEdit.kind(array));
        }
        List<Upload> images = new ArrayList<>();
        for (JsonNode each : array) {
            images.add(image(each, "images[" + images.size() + "]", "images[]"));
        }
        return images;
    }

    /** {@code general} is the name under which the documentation speaks of it. */
    private static Upload image(JsonNode node, String name, String general) {
        if (!node.isObject()) {
            throw ProviderErrors.wrongType(name, "an object", RawEdit.kind(node));
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (member.getKey().equals("file_id")) {
                throw ProviderErrors.badRequest(general + ".file_id is not supported", name, "invalid_value");
            }
            if (!member.getKey().equals("image_url")) {
                throw ProviderErrors.unknownParameter(name + "." + member.getKey());
            }
        }
        String parameter = name + ".image_url";
        JsonNode url = node.path("image_url");
        if (url.isMissingNode() || url.isNull()) {
            throw ProviderErrors.missing(parameter);
        }
        return new Upload(parameter, content(url, parameter));
    }

    private static StoredBytes content(JsonNode url, String parameter) {
        if (url instanceof POJONode node && node.getPojo() instanceof DataUrl data) {
            return data.bytes().orElseThrow(() -> ProviderErrors.badRequest(
                    "Invalid '" + parameter + "': the data URL is not valid base64.", parameter,
                    "invalid_base64_image"));
        }
        if (!url.isTextual()) {
            throw ProviderErrors.wrongType(parameter, "a string", RawEdit.kind(url));
        }
        if (url.textValue().startsWith("http://") || url.textValue().startsWith("https://")) {
            throw ProviderErrors.badRequest("Failed to download image from the URL in '" + parameter
                    + "'. This provider takes data URLs only.", parameter, "failed_to_download_image");
        }
        throw ProviderErrors.badRequest("Invalid '" + parameter + "': expected a URL with a base64-encoded image.",
                parameter,
                "invalid_image_url");
    }
}
