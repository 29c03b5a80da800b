package dev.retouch.server.upstream;

import java.util.Map;
import java.util.UUID;

import org.eclipse.jetty.client.Request;

import dev.retouch.server.upstream.UpstreamEdit.ImagePart;

/**
 * An edit as the form that a strict OpenAI takes: {@code image} for one image, {@code image[]} for several. Written here and not
 * by Jetty, whose forms do not know their length, because there are relays that refuse a body without one.
 */
final class EditForm {

    private static final String END = "\r\n";

    private final String boundary = "retouch-" + UUID.randomUUID();
    private final BodyInPieces body = new BodyInPieces();

    private EditForm() {}

    /** The form; image bytes are read while it is sent. */
    static Request.Content of(UpstreamEdit edit, String model, Map<String, String> parameters) {
        EditForm form = new EditForm();
        form.field("model", model);
        form.field("prompt", edit.prompt());
        parameters.forEach(form::field);
        String name = edit.images().size() == 1 ? "image" : "image[]";
        int number = 0;
        for (ImagePart image : edit.images()) {
            form.file(name, "image-" + ++number, image);
        }
        edit.mask().ifPresent(mask -> form.file("mask", "mask", mask));
        form.body.text("--" + form.boundary + "--" + END);
        return form.body.content("multipart/form-data; boundary=" + form.boundary);
    }

    private void field(String name, String value) {
        body.text(head(name) + END + END + value + END);
    }

    private void file(String name, String stem, ImagePart image) {
        body.text(head(name) + "; filename=\"" + stem + "." + image.format().extension() + "\"" + END + "Content-Type: "
                + image.format().mediaType() + END + END);
        body.bytes(image.bytes().open(), image.bytes().size());
        body.text(END);
    }

    /** A name that the caller chose must not end its header; it is written as browsers do. */
    private String head(String name) {
        String quoted = name.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
        return "--" + boundary + END + "Content-Disposition: form-data; name=\"" + quoted + "\"";
    }
}
