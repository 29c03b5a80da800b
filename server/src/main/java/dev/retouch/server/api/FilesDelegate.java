package dev.retouch.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.FilesApiService;
import dev.retouch.server.hosting.HostedFiles;

/** {@code GET /files/…}: an edited image to whoever has a link that still works. */
public final class FilesDelegate implements FilesApiService {

    private final HostedFiles files;

    /** Serves these files. */
    public FilesDelegate(HostedFiles files) {
        this.files = files;
    }

    @Override
    public Response fetchFile(String name, @Nullable String expires, @Nullable String signature,
            ContainerRequestContext request) {
        HostedFiles.Found file;
        try {
            file = files.find(name, expires == null ? "" : expires, signature == null ? "" : signature);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StreamingOutput body = out -> {
            try (InputStream in = file.open()) {
                in.transferTo(out);
            }
        };
        return Response.ok(body).type(file.mediaType()).header("Content-Length", file.size())
                .header("Cache-Control", "private, max-age=" + file.left().toSeconds() + ", immutable")
                .header("Content-Disposition", "inline; filename=\"" + file.name() + "\"")
                .header("X-Content-Type-Options", "nosniff").build();
    }
}
