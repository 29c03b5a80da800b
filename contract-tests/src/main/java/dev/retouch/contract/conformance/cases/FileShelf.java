package dev.retouch.contract.conformance.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.contract.conformance.wire.NamedFile;
import dev.retouch.contract.harness.ContractFiles;
import dev.retouch.contract.harness.Pictures;

/** The files that cases name with an {@code @}: those of {@code files.yaml}, and those beside a person's own cases. */
final class FileShelf {

    private final Map<String, NamedFile> files;
    private final Optional<Path> folder;

    private FileShelf(Map<String, NamedFile> files, Optional<Path> folder) {
        this.files = new LinkedHashMap<>(files);
        this.folder = folder;
    }

    /** The files that a list describes; each is made when it is sent, and not kept. */
    static FileShelf of(JsonNode list) {
        FileShelf shelf = new FileShelf(Map.of(), Optional.empty());
        new Entry("files.yaml", list).fields().forEach((name, how) -> shelf.files.put(name, new NamedFile(name,
                typeOf(name), shelf.content(new Entry("files.yaml, '" + name + "'", how)))));
        return shelf;
    }

    /** The same files, and those of a folder before them. */
    FileShelf with(Path own) {
        return new FileShelf(files, Optional.of(own));
    }

    /** A file by its name, without the {@code @}. */
    NamedFile get(String name, Entry asker) {
        Optional<Path> own = folder.map(path -> path.resolve(name)).filter(Files::isRegularFile);
        if (own.isPresent()) {
            return new NamedFile(name, typeOf(name), () -> read(own.get()));
        }
        NamedFile file = files.get(name);
        if (file == null) {
            throw asker.mistake("names the file '@" + name + "', which "
                    + folder.map(path -> "is not in " + path + " and ").orElse("")
                    + "is none of those that there are: " + Entry.words(files.keySet()));
        }
        return file;
    }

    private Supplier<byte[]> content(Entry how) {
        how.knowing("example", "text", "of", "first", "padded", "width", "height", "as", "hole", "alpha");
        if (how.has("example")) {
            return () -> ContractFiles.example(how.text("example"));
        }
        if (how.has("text")) {
            return () -> how.get("text").asText().getBytes(StandardCharsets.UTF_8);
        }
        if (how.has("of")) {
            NamedFile base = get(how.text("of"), how);
            return () -> how.number("padded").map(size -> Pictures.padded(base.bytes(), size))
                    .orElseGet(() -> Arrays.copyOf(base.bytes(), how.number("first").orElseThrow()));
        }
        int width = how.number("width").orElse(64);
        int height = how.number("height").orElse(64);
        Optional<String> format = how.optionalText("as");
        return () -> how.flag("hole")
                ? Pictures.withHole(width, height)
                : how.flag("alpha")
                        ? Pictures.solid()
                        : format.map(Pictures::in).orElseGet(() -> Pictures.opaque(width, height));
    }

    private static String typeOf(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "jpg", "jpeg" -> "image/jpeg";
            case "png", "webp", "gif", "bmp" -> "image/" + ending;
            case "txt" -> "text/plain";
            default -> "application/octet-stream";
        };
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
