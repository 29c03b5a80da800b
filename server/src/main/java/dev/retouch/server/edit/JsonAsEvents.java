package dev.retouch.server.edit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.server.image.ImageBytes;

/**
 * Makes a stream of a document, for callers who want events from an upstream that has none: one
 * {@code image_edit.completed} for each image. Goes through the document twice, because what belongs to every event may stand
 * behind the images; the images themselves never wait in memory.
 */
final class JsonAsEvents {

    private static final String COMPLETED = "image_edit.completed";
    private static final List<String> TOLD = List.of("size", "quality", "background", "output_format");

    private final JsonFactory json;
    private final ObjectMapper mapper;

    JsonAsEvents(JsonFactory json) {
        this.json = json;
        this.mapper = new ObjectMapper(json);
    }

    /**
     * Writes the events.
     *
     * @param document an answer with at least one image
     * @param asked what was asked for, where the document does not say what came
     */
    void write(ImageBytes document, OutputStream out, Map<String, String> asked) throws IOException {
        Contents contents = contents(document, asked);
        int image = 0;
        try (InputStream in = document.open(); JsonParser parser = json.createParser(in)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (isImage(parser, token)) {
                    event(parser, out, ++image == contents.images() ? contents.last() : contents.each());
                }
            }
        }
    }

    private void event(JsonParser parser, OutputStream out, ObjectNode fields) throws IOException {
        String name = parser.currentName();
        write(out, "event: " + COMPLETED + "\ndata: {\"type\":\"" + COMPLETED + "\",\"" + name + "\":");
        parser.nextToken();
        if (name.equals("url")) {
            write(out, mapper.writeValueAsString(parser.getText()));
        } else {
            write(out, "\"");
            // the stream between keeps the one below open
            try (OutputStream image = Base64.getEncoder()
                    .wrap(new BufferedOutputStream(new ClientStream(out, false)))) {
                ReturnedImages.decode(parser, image);
            }
            write(out, "\"");
        }
        String rest = mapper.writeValueAsString(fields);
        write(out, "," + rest.substring(1) + "\n\n");
        out.flush();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isImage(JsonParser parser, JsonToken token) throws IOException {
        return token == JsonToken.FIELD_NAME
                && ("b64_json".equals(parser.currentName()) || "url".equals(parser.currentName()));
    }

    /**
     * What a document says beside its images.
     *
     * @param images how many there are
     * @param each what stands in every event
     * @param last what stands in the last one, which tells the usage of all
     */
    private record Contents(int images, ObjectNode each, ObjectNode last) {}

    private Contents contents(ImageBytes document, Map<String, String> asked) throws IOException {
        ObjectNode each = mapper.createObjectNode();
        TOLD.forEach(name -> each.put(name, asked.getOrDefault(name, "auto")));
        ObjectNode usage = mapper.createObjectNode();
        int images = 0;
        int depth = 0;
        try (InputStream in = document.open(); JsonParser parser = mapper.createParser(in)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                images += isImage(parser, token) ? 1 : 0;
                String name = String.valueOf(parser.currentName());
                if (depth == 1 && token == JsonToken.VALUE_STRING && TOLD.contains(name)) {
                    each.put(name, parser.getText());
                } else if (depth == 1 && token == JsonToken.VALUE_NUMBER_INT && name.equals("created")) {
                    each.put("created_at", parser.getLongValue());
                } else if (depth == 2 && token == JsonToken.START_OBJECT && name.equals("usage")) {
                    usage.set("usage", parser.readValueAsTree());
                    depth--;
                }
            }
        }
        return new Contents(images, each, each.deepCopy().setAll(usage));
    }
}
