package dev.retouch.server.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.FilesApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.hosting.HostedImageStore;

/** Implements {@code GET /files/…}: returns a hosted image to a client with a valid signed URL. */
public final class FilesDelegate implements FilesApiService {

    /** A vector image can hold scripts, and this origin has pages with keys in them. */
    private static final String SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

    private final HostedImageStore files;

    public FilesDelegate(HostedImageStore files) {
        this.files = files;
    }

    @Override
    public Response fetchFile(String name, @Nullable String expires, @Nullable String signature,
            ContainerRequestContext request) {
        HostedImageStore.Found file;
        try {
            file = files.find(name, expires == null ? "" : expires, signature == null ? "" : signature);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Optional<ByteRange> range = ByteRange.of(request.getHeaderString("Range"), file.size());
        if (range.isPresent() && range.get().length() == 0) {
            throw new ApiException(ErrorMessage.RANGE_IS_NOT_THERE).withArgument("size", file.size())
                    .withHeaders(Map.of("content-range", "bytes */" + file.size()));
        }
        ByteRange sent = range.orElseGet(() -> new ByteRange(0, file.size()));
        // opened now, while a failure can still become an error response
        InputStream in = opened(file, sent, Exchange.of(request));
        StreamingOutput body = out -> copy(in, out, sent.length());
        Response.ResponseBuilder response = Response.status(range.isPresent() ? 206 : 200);
        range.ifPresent(part -> response.header("Content-Range",
                "bytes " + part.start() + "-" + (part.start() + part.length() - 1) + "/" + file.size()));
        if (file.mediaType().equals("image/svg+xml")) {
            response.header("Content-Security-Policy", SVG_POLICY);
        }
        return response.entity(body).type(file.mediaType()).header("Content-Length", sent.length())
                .header("Accept-Ranges", "bytes")
                .header("Cache-Control", "private, max-age=" + file.left().toSeconds() + ", immutable")
                .header("Content-Disposition", "inline; filename=\"" + file.name() + "\"")
                .header("X-Content-Type-Options", "nosniff").build();
    }

    private static InputStream opened(HostedImageStore.Found file, ByteRange range, Exchange exchange) {
        try {
            return exchange.closeLater(file.open(range.start(), range.length()));
        } catch (NoSuchFileException e) {
            throw new ApiException(ErrorMessage.FILE_DOES_NOT_EXIST).withArgument("file", file.name()).withCause(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[32 * 1024];
        long left = length;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException("the file was truncated");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }
}
