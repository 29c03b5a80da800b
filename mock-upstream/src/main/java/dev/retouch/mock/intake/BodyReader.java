package dev.retouch.mock.intake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

import dev.retouch.mock.error.ProviderErrors;

/** Reads bodies: forms with Jetty's parser (deliberately not the one of the gateway), JSON with a streaming one. */
public final class BodyReader {

    private static final long LARGEST_BODY = 16L * 50 * 1024 * 1024 + 16 * 1024 * 1024;
    private static final int MAX_TEXT = 1024 * 1024;
    private static final int MAX_PARTS = 100;

    private final JsonReader json = new JsonReader();
    /** The maximum number of bodies decoded at once, because a JSON string is in the heap while it is decoded. */
    private final Semaphore jsonReaders;

    public BodyReader(int jsonReaders) {
        this.jsonReaders = new Semaphore(jsonReaders);
    }

    /**
     * Reads the whole body.
     *
     * @param bareImages whether images in JSON may be base64 without {@code data:} before it
     */
    public RequestBody read(Request request, TempDirectory workspace, boolean bareImages) throws IOException {
        String contentType = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        String mediaType = contentType == null ? "" : contentType.replaceFirst(";.*", "").strip();
        if (request.getLength() > LARGEST_BODY) {
            throw ProviderErrors.bodyTooLarge(LARGEST_BODY);
        }
        if (contentType == null) {
            if (request.getLength() == 0 || drain(request) == 0) {
                return new RequestBody.Empty();
            }
            throw ProviderErrors.unsupportedMediaType("", accepted());
        }
        return switch (mediaType.toLowerCase(Locale.ROOT)) {
            case "multipart/form-data" -> form(request, contentType, workspace);
            case "application/json" -> json(request, workspace, bareImages);
            default -> {
                drain(request);
                throw ProviderErrors.unsupportedMediaType(contentType, accepted());
            }
        };
    }

    private static String accepted() {
        return "'multipart/form-data' and 'application/json'";
    }

    /** Reads the rest, so that a client that is still sending receives the response. */
    public static long drain(Request request) {
        try (InputStream in = Content.Source.asInputStream(request)) {
            return in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException _) {
            return -1; // disconnected, or sent less than announced: no more to read
        }
    }

    private RequestBody json(Request request, TempDirectory workspace, boolean bareImages) throws IOException {
        Path file = workspace.newFile();
        try (InputStream in = Content.Source.asInputStream(request)) {
            Files.copy(in, file);
        } catch (HttpException.RuntimeException _) {
            throw ProviderErrors.badRequest("The request body could not be read.", null, null);
        }
        jsonReaders.acquireUninterruptibly();
        try (InputStream in = Files.newInputStream(file)) {
            return new RequestBody.Json(json.read(in, workspace, bareImages));
        } finally {
            jsonReaders.release();
            Files.deleteIfExists(file);
        }
    }

    private RequestBody form(Request request, String contentType, TempDirectory workspace) throws IOException {
        MultiPartConfig config = new MultiPartConfig.Builder().location(workspace.folder()).maxParts(MAX_PARTS)
                .maxSize(LARGEST_BODY).maxPartSize(-1).maxMemoryPartSize(0).useFilesForPartsWithoutFileName(true)
                .build();
        // closed only with the request's folder: the parts' files are still needed until then
        MultiPartFormData.Parts parts;
        try {
            parts = MultiPartFormData.getParts(request, request, contentType, config);
        } catch (RuntimeException e) {
            throw unreadableForm(request, e);
        }
        List<FormPart> read = new ArrayList<>();
        try (parts) {
            for (MultiPart.Part part : parts) {
                read.add(part(part, workspace));
            }
        }
        return new RequestBody.Form(read);
    }

    private static RuntimeException unreadableForm(Request request, RuntimeException failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        drain(request);
        if (cause instanceof HttpException http && http.getCode() == 413) {
            return ProviderErrors.bodyTooLarge(LARGEST_BODY);
        }
        return ProviderErrors.badRequest("We could not parse the multipart form of your request.", null, null);
    }

    private static FormPart part(MultiPart.Part part, TempDirectory workspace) throws IOException {
        Path file = workspace.newFile();
        part.writeTo(file);
        StoredBytes bytes = StoredBytes.measure(file);
        Optional<String> filename = Optional.ofNullable(part.getFileName());
        Optional<String> contentType = Optional.ofNullable(part.getHeaders().get(HttpHeader.CONTENT_TYPE));
        @Nullable
        String name = part.getName();
        if (name == null) {
            throw ProviderErrors.badRequest("A part of the multipart form has no name.", null, null);
        }
        if (!FormPart.isText(filename, contentType)) {
            return new FormPart(name, filename, contentType, bytes, Optional.empty());
        }
        if (bytes.size() > MAX_TEXT) {
            throw ProviderErrors.tooLong(name, MAX_TEXT, bytes.size());
        }
        try {
            String text = Files.readString(file, charset(contentType));
            return new FormPart(name, filename, contentType, bytes, Optional.of(text));
        } catch (CharacterCodingException _) {
            throw ProviderErrors.wrongType(name, "text in UTF-8", "other bytes");
        }
    }

    private static Charset charset(Optional<String> contentType) {
        return contentType.map(MimeTypes::getCharsetFromContentType).map(name -> {
            try {
                return Charset.forName(name);
            } catch (IllegalArgumentException _) {
                throw ProviderErrors.badRequest("Unknown charset: '" + name + "'.", null, null);
            }
        }).orElse(StandardCharsets.UTF_8);
    }
}
