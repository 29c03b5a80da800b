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

/** Writes the answers of an edit. Images go from their file through base64 into the stream, a few kilobytes at a time. */
final class EditJson {

    private final JsonFactory json = JsonFactory.builder().build();

    /** One image of the answer: in a file, or already hosted under a URL. */
    sealed interface Item {

        record InFile(Path file) implements Item {}

        record AtUrl(String url) implements Item {}
    }

    /** What an event says beside its image. */
    record Event(String type, Optional<Integer> partialIndex, Optional<Usage> usage) {}

    void document(OutputStream out, EditRequest edit, long created, boolean transparent, List<Item> items,
            Optional<Usage> usage) throws IOException {
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
            if (usage.isPresent()) {
                usage.get().writeTo(to);
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

    /** The fields that say how the images were made. */
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
