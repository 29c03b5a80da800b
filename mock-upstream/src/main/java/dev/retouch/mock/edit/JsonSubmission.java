package dev.retouch.mock.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;

import dev.retouch.mock.edit.Submission.Upload;
import dev.retouch.mock.error.Refusals;
import dev.retouch.mock.intake.DataUrl;
import dev.retouch.mock.intake.StoredBytes;

/** Sorts the members of a JSON edit. Images are data URLs only: this provider never fetches anything from anywhere. */
final class JsonSubmission {

    private JsonSubmission() {}

    static Submission of(JsonNode document) {
        if (!document.isObject()) {
            throw Refusals.badRequest("Invalid body: expected an object, but got " + Submission.kind(document)
                    + " instead.", null, "invalid_type");
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        List<Upload> images = List.of();
        Optional<Upload> mask = Optional.empty();
        for (Map.Entry<String, JsonNode> member : document.properties()) {
            JsonNode value = member.getValue();
            switch (member.getKey()) {
                case "images" -> images = value.isNull() ? List.of() : images(value);
                case "mask" -> mask = value.isNull() ? Optional.empty() : Optional.of(image(value, "mask", "mask"));
                default -> {
                    EditParameters.refuseUnknown(member.getKey());
                    if (!value.isNull()) {
                        values.put(member.getKey(), value);
                    }
                }
            }
        }
        return new Submission(values, true, images, mask);
    }

    private static List<Upload> images(JsonNode array) {
        if (!array.isArray()) {
            throw Refusals.wrongType("images", "an array of objects", Submission.kind(array));
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
            throw Refusals.wrongType(name, "an object", Submission.kind(node));
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (member.getKey().equals("file_id")) {
                throw Refusals.badRequest(general + ".file_id is not supported", name, "invalid_value");
            }
            if (!member.getKey().equals("image_url")) {
                throw Refusals.unknownParameter(name + "." + member.getKey());
            }
        }
        String parameter = name + ".image_url";
        JsonNode url = node.path("image_url");
        if (url.isMissingNode() || url.isNull()) {
            throw Refusals.missing(parameter);
        }
        return new Upload(parameter, content(url, parameter));
    }

    private static StoredBytes content(JsonNode url, String parameter) {
        if (url instanceof POJONode node && node.getPojo() instanceof DataUrl data) {
            return data.bytes().orElseThrow(() -> Refusals.badRequest(
                    "Invalid '" + parameter + "': the data URL is not valid base64.", parameter,
                    "invalid_base64_image"));
        }
        if (!url.isTextual()) {
            throw Refusals.wrongType(parameter, "a string", Submission.kind(url));
        }
        if (url.textValue().startsWith("http://") || url.textValue().startsWith("https://")) {
            throw Refusals.badRequest("Failed to download image from the URL in '" + parameter
                    + "'. This provider takes data URLs only.", parameter, "failed_to_download_image");
        }
        throw Refusals.badRequest("Invalid '" + parameter + "': expected a URL with a base64-encoded image.", parameter,
                "invalid_image_url");
    }
}
