package dev.retouch.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.client.model.EditedImage;
import dev.retouch.client.model.ImagesResponse;

/**
 * Writes the images of a response into files without holding an image in memory: base64 is decoded from the connection into a file.
 * The rest of the response is small, and is bound to the generated model.
 */
final class ResponseFileWriter {

    private final ImageFiles images;
    private final Path directory;

    ResponseFileWriter(ImageFiles images, Path directory) {
        this.images = images;
        this.directory = directory;
    }

    EditedFiles save(RawResponse answer) {
        String edit = nameOf(answer);
        SortedMap<Integer, Path> files = new TreeMap<>();
        try (InputStream body = answer.body(); JsonParser parser = answer.json().createParser(body)) {
            ImagesResponse rest = answer.json().treeToValue(withoutImages(answer, parser, edit, files),
                    ImagesResponse.class);
            if (rest.getData() == null) {
                throw new IOException("the response has none");
            }
            for (int index = 0; index < rest.getData().size(); index++) {
                URI link = rest.getData().get(index).getUrl();
                if (!files.containsKey(index)) {
                    if (link == null) {
                        throw new IOException("image " + (index + 1) + " has neither base64 nor a URL");
                    }
                    files.put(index, withExtension(images.download(link, place(edit, index))));
                }
            }
            return new EditedFiles(rest, List.copyOf(files.values()));
        } catch (IOException | IllegalArgumentException broken) { // Jackson throws the latter for invalid base64
            throw answer.unusable("The images could not be saved, but the edit ran", broken);
        }
    }

    private ObjectNode withoutImages(RawResponse answer, JsonParser parser, String edit, SortedMap<Integer, Path> files)
            throws IOException {
        ObjectNode rest = answer.json().createObjectNode();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals(ImagesResponse.JSON_PROPERTY_DATA) && value == JsonToken.START_ARRAY) {
                ArrayNode data = rest.putArray(field);
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    int index = data.size();
                    data.add(withoutImage(answer, parser, base64 -> files.put(index,
                            withExtension(ImageFiles.write(place(edit, index), base64::readBinaryValue)))));
                }
            } else {
                rest.set(field, answer.json().<JsonNode>readTree(parser));
            }
        }
        return rest;
    }

    private static ObjectNode withoutImage(RawResponse answer, JsonParser parser, Base64Field image)
            throws IOException {
        ObjectNode rest = answer.json().createObjectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals(EditedImage.JSON_PROPERTY_B64_JSON) && value == JsonToken.VALUE_STRING) {
                image.save(parser);
            } else {
                rest.set(field, answer.json().<JsonNode>readTree(parser));
            }
        }
        return rest;
    }

    private Path place(String edit, int index) {
        return directory.resolve(edit + "-" + (index + 1));
    }

    private static Path withExtension(Path file) throws IOException {
        byte[] beginning;
        try (InputStream content = Files.newInputStream(file)) {
            beginning = content.readNBytes(ImageFormat.MAGIC_BYTES);
        }
        Optional<ImageFormat> type = ImageFormat.ofBytes(beginning);
        if (type.isEmpty()) {
            return file;
        }
        return Files.move(file, file.resolveSibling(file.getFileName() + "." + type.get().extension()),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Returns the request id, without characters that are unsafe in a file name. */
    private static String nameOf(RawResponse answer) {
        String id = answer.requestId();
        String name = id == null ? "" : id.replaceAll("[^A-Za-z0-9_-]", "");
        return name.isEmpty() ? "edit-" + UUID.randomUUID() : name;
    }

    private interface Base64Field {
        void save(JsonParser atBase64) throws IOException;
    }
}
