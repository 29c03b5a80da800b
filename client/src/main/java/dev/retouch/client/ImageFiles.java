package dev.retouch.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.regex.Pattern;

import dev.retouch.client.model.EditedImage;

/** Writes images into files. A file is complete or does not exist, because it is written under another name first. */
final class ImageFiles {

    /** The number of base64 characters that are decoded at once; a multiple of four, so that each slice has whole bytes. */
    private static final int SLICE = 64 * 1024;
    private static final Pattern WHITE_SPACE = Pattern.compile("[\n\r \t]+");

    private final HttpTransport gateway;

    ImageFiles(HttpTransport gateway) {
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
        throw new IllegalArgumentException("The image has neither base64 nor a URL");
    }

    Path download(URI link, Path file) throws IOException {
        try (RawResponse answer = gateway.fetch(link)) {
            return write(file, answer::copyTo);
        }
    }

    /** Writes a temporary file in the same folder, and moves it to its name. */
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

    /** Decodes base64 with or without line breaks. */
    private static void decode(String base64, OutputStream out) throws IOException {
        String compact = WHITE_SPACE.matcher(base64).replaceAll("");
        for (int start = 0; start < compact.length(); start += SLICE) {
            out.write(bytes(compact.substring(start, Math.min(start + SLICE, compact.length()))));
        }
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new RetouchException("The base64 of an image is damaged",
                    RetouchException.Failure.withoutAnswer(false), e);
        }
    }

    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }
}
