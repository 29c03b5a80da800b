package dev.retouch.client;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

import org.glassfish.jersey.media.multipart.BodyPart;
import org.glassfish.jersey.media.multipart.MultiPart;

/**
 * Creates the parts of a form with the headers that browsers and the official SDKs write. Jersey's own parts have the file name
 * before the name and a size, which strict servers reject.
 */
final class FormParts {

    private FormParts() {}

    static BodyPart text(String name, String value) {
        return named(new BodyPart(value, MediaType.TEXT_PLAIN_TYPE.withCharset("UTF-8")), "\"" + escaped(name) + "\"");
    }

    /** A file that is read when the part is written. */
    static BodyPart file(String name, Path file) {
        return named(new BodyPart(file.toFile(), typeOf(file)),
                "\"" + escaped(name) + "\"; filename=\"" + escaped(String.valueOf(file.getFileName())) + "\"");
    }

    /** Returns the total size of the files of a form in bytes. */
    static long bytesOf(MultiPart form) {
        return form.getBodyParts().stream().map(BodyPart::getEntity).filter(File.class::isInstance)
                .mapToLong(file -> ((File) file).length()).sum();
    }

    private static BodyPart named(BodyPart part, String name) {
        part.getHeaders().putSingle(HttpHeaders.CONTENT_DISPOSITION, "form-data; name=" + name);
        return part;
    }

    /** Returns the type by the first bytes of a file, or else by its name. */
    private static MediaType typeOf(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            return ImageFormat.ofBytes(content.readNBytes(ImageFormat.MAGIC_BYTES))
                    .or(() -> ImageFormat.ofName(String.valueOf(file.getFileName())))
                    .map(type -> MediaType.valueOf(type.mediaType())).orElse(MediaType.APPLICATION_OCTET_STREAM_TYPE);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Escapes as the HTML standard defines it; a backslash is not special. */
    private static String escaped(String value) {
        return value.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
    }
}
