package dev.retouch.server.upstream.openai;

import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import org.eclipse.jetty.client.Request;

import dev.retouch.server.upstream.CompositeBody;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.WireSettings;

/**
 * Writes an edit as a multipart form: {@code image} for one image, {@code image[]} for several. The form has a
 * {@code Content-Length}, because some relays refuse a body without it; Jetty's forms have none.
 */
public final class MultipartEditWriter {

    private static final String END = "\r\n";

    private final String boundary = "retouch-" + UUID.randomUUID();
    private final CompositeBody body = new CompositeBody();

    private MultipartEditWriter() {}

    /** The form; image bytes are read while it is sent. */
    public static Request.Content of(LoadedImageRequest edit, String model, Map<String, String> parameters) {
        return of(edit, model, parameters, FieldNames.USUAL);
    }

    /** The form with other names of fields. */
    public static Request.Content of(LoadedImageRequest edit, String model, Map<String, String> parameters,
            FieldNames names) {
        MultipartEditWriter form = new MultipartEditWriter();
        form.field("model", model);
        form.field("prompt", edit.prompt());
        parameters.forEach((parameter, value) -> form.field(bracketed(parameter), value));
        String name = names.images(edit.images().size());
        int number = 0;
        for (ImagePart image : edit.images()) {
            form.file(name, "image-" + ++number, image);
        }
        edit.mask().ifPresent(mask -> form.file(names.mask(), "mask", mask));
        edit.markup().ifPresent(markup -> form.file("markup", "markup", markup));
        form.body.text("--" + form.boundary + "--" + END);
        return form.body.content("multipart/form-data; boundary=" + form.boundary);
    }

    /**
     * The names of the fields with files.
     *
     * @param one the field of a single image
     * @param several the field of several images, which is repeated
     * @param mask the field of the mask
     */
    public record FieldNames(String one, String several, String mask) {

        /** OpenAI's names. */
        public static final FieldNames USUAL = new FieldNames("image", "image[]", "mask");

        /** The names of an upstream. */
        public static FieldNames of(WireSettings wire) {
            String images = wire.imagesField();
            String mask = wire.maskField();
            return new FieldNames(images == null ? USUAL.one : images, images == null ? USUAL.several : images,
                    mask == null ? USUAL.mask : mask);
        }

        String images(int count) {
            return count == 1 ? one : several;
        }
    }

    /** A member of an object, as the official SDKs name it in a form: {@code svg[reasoning][effort]}. */
    private static String bracketed(String parameter) {
        String[] steps = parameter.startsWith("svg.") ? parameter.split("\\.", -1) : new String[]{parameter};
        return Arrays.stream(steps, 1, steps.length).map(step -> "[" + step + "]")
                .collect(Collectors.joining("", steps[0], ""));
    }

    private void field(String name, String value) {
        body.text(head(name) + END + END + value + END);
    }

    private void file(String name, String stem, ImagePart image) {
        body.text(head(name) + "; filename=\"" + stem + "." + image.format().extension() + "\"" + END + "Content-Type: "
                + image.format().mediaType() + END + END);
        body.image(image.bytes());
        body.text(END);
    }

    /** Escapes the name as browsers do, so that a name chosen by the client cannot end the header. */
    private String head(String name) {
        String quoted = name.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
        return "--" + boundary + END + "Content-Disposition: form-data; name=\"" + quoted + "\"";
    }
}
