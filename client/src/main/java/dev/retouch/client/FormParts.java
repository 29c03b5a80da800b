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
 * The parts of a form, with the headers that browsers and the official SDKs write: Jersey's own puts the file's name
 * before the part's and adds a size, which strict readers refuse.
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

    /** How much the files of a form are together. */
    static long bytesOf(MultiPart form) {
        return form.getBodyParts().stream().map(BodyPart::getEntity).filter(File.class::isInstance)
                .mapToLong(file -> ((File) file).length()).sum();
    }

    private static BodyPart named(BodyPart part, String name) {
        part.getHeaders().putSingle(HttpHeaders.CONTENT_DISPOSITION, "form-data; name=" + name);
        return part;
    }

    /** What the bytes say, or else the name. */
    private static MediaType typeOf(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            return ImageType.ofBytes(content.readNBytes(ImageType.MAGIC_BYTES))
                    .or(() -> ImageType.ofName(String.valueOf(file.getFileName())))
                    .map(type -> MediaType.valueOf(type.mediaType())).orElse(MediaType.APPLICATION_OCTET_STREAM_TYPE);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** As the HTML standard has it; a backslash means nothing there. */
    private static String escaped(String value) {
        return value.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
    }
}
