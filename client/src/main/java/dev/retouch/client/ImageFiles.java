package dev.retouch.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;

import dev.retouch.client.model.EditedImage;

/** Puts images into files. Each is written beside its place first, so that a file is complete or not there. */
final class ImageFiles {

    /** Characters of base64 decoded at a time; a multiple of four, so that every slice stands for whole bytes. */
    private static final int SLICE = 64 * 1024;

    private final Gateway gateway;

    ImageFiles(Gateway gateway) {
        this.gateway = gateway;
    }

    Path save(EditedImage image, Path file) {
        String base64 = image.getB64Json();
        URI link = image.getUrl();
        try {
            if (base64 != null) {
                return write(file, out -> decode(base64, out));
            }
            if (link != null) {
                return download(link, file);
            }
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        throw new IllegalArgumentException("The image has neither base64 nor a link");
    }

    Path download(URI link, Path file) throws IOException {
        try (Answer answer = gateway.fetch(link)) {
            return write(file, answer::copyTo);
        }
    }

    /** Writes a file beside its place and then moves it there. */
    static Path write(Path file, Content content) throws IOException {
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
        Path unfinished = Files.createTempFile(directory, ".retouch-", ".part");
        try {
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                content.writeTo(out);
            }
            return Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void decode(String base64, OutputStream out) throws IOException {
        for (int from = 0; from < base64.length(); from += SLICE) {
            String slice = base64.substring(from, Math.min(from + SLICE, base64.length()));
            out.write(Base64.getDecoder().decode(slice));
        }
    }

    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }
}
