package dev.retouch.mock.edit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

/** Writes the responses of an edit. Images are read from their file and encoded in base64, a few kilobytes at a time. */
final class EditJson {

    private final JsonFactory json = JsonFactory.builder().build();

    /** An image of the response: in a file, or hosted at a URL. */
    sealed interface Item {

        record InFile(Path file) implements Item {}

        record AtUrl(String url) implements Item {}
    }

    /** The fields of an event except its image. */
    record Event(String type, Optional<Integer> partialIndex, Optional<Usage> usage) {}

    /** What an answer says of its tokens. */
    record Figures(Optional<Usage> usage, Optional<Usage.Svg> svg) {}

    void document(OutputStream out, EditRequest edit, long created, boolean transparent, List<Item> items,
            Figures figures) throws IOException {
        try (JsonGenerator to = generator(out)) {
            to.writeStartObject();
            to.writeNumberField("created", created);
            if (edit.model().family().reportsUsage()) {
                properties(to, edit, transparent);
            }
            to.writeArrayFieldStart("data");
            for (Item item : items) {
                to.writeStartObject();
                switch (item) {
                    case Item.InFile(Path file) -> base64(to, file);
                    case Item.AtUrl(String url) -> to.writeStringField("url", url);
                }
                to.writeEndObject();
            }
            to.writeEndArray();
            if (figures.usage().isPresent()) {
                figures.usage().get().writeTo(to);
            }
            if (figures.svg().isPresent()) {
                figures.svg().get().writeTo(to);
            }
            to.writeEndObject();
        }
    }

    void event(OutputStream out, EditRequest edit, long created, Path image, boolean transparent, Event event)
            throws IOException {
        try (JsonGenerator to = generator(out)) {
            to.writeStartObject();
            to.writeStringField("type", event.type());
            base64(to, image);
            to.writeNumberField("created_at", created);
            properties(to, edit, transparent);
            if (event.partialIndex().isPresent()) {
                to.writeNumberField("partial_image_index", event.partialIndex().get());
            }
            if (event.usage().isPresent()) {
                event.usage().get().writeTo(to);
            }
            to.writeEndObject();
        }
    }

    /** The fields with the parameters of the images. */
    private static void properties(JsonGenerator to, EditRequest edit, boolean transparent) throws IOException {
        to.writeStringField("background", transparent ? "transparent" : "opaque");
        to.writeStringField("output_format", edit.output().format().wireName());
        to.writeStringField("quality", edit.quality());
        to.writeStringField("size", edit.size().toString());
    }

    private static void base64(JsonGenerator to, Path file) throws IOException {
        to.writeFieldName("b64_json");
        try (InputStream in = Files.newInputStream(file)) {
            to.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, in, Math.toIntExact(Files.size(file)));
        }
    }

    private JsonGenerator generator(OutputStream out) throws IOException {
        return json.createGenerator(out, JsonEncoding.UTF8).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    }
}
