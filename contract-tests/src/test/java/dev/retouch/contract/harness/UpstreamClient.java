package dev.retouch.contract.harness;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.config.UpstreamSettings;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.upstream.HttpUpstream;
import dev.retouch.server.upstream.ModelName;
import dev.retouch.server.upstream.UpstreamAnswer;
import dev.retouch.server.upstream.UpstreamEdit;
import dev.retouch.server.upstream.UpstreamEdit.ImagePart;

/** The gateway's own client of its upstream, taken out of it, so that what it asks for can be written down as a pact. */
public final class UpstreamClient {

    private final URI base;
    private final Path folder;

    /** A client of the upstream at this base URL, which ends in {@code /v1}. */
    public UpstreamClient(URI base, Path folder) {
        this.base = base;
        this.folder = folder;
    }

    /** Sends an edit of png images and reads the whole answer. */
    public byte[] edit(String model, String prompt, Map<String, String> parameters, List<byte[]> images,
            Optional<byte[]> mask) {
        try (HttpUpstream upstream = new HttpUpstream(UpstreamSettings.usual(base, usual()), new Secret("sk-upstream"),
                Clock.systemUTC())) {
            Spool spool = new Spool(folder, 1 << 20);
            List<ImagePart> parts = images.stream().map(image -> part(spool, image)).toList();
            UpstreamEdit edit = new UpstreamEdit("req_pact", new ModelName(model, model), prompt, parameters, parts,
                    mask.map(image -> part(spool, image)), false);
            try (UpstreamAnswer answer = upstream.edit(edit)) {
                return answer.body().readAllBytes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Configuration.Provider usual() {
        return new ConfigurationLoader(Map.of()).load(Optional.empty()).upstream();
    }

    private static ImagePart part(Spool spool, byte[] image) {
        Spool.Writer writer = spool.newWriter();
        try {
            new ByteArrayInputStream(image).transferTo(writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ImageBytes bytes = writer.finish();
        return new ImagePart(bytes, ImageFormat.PNG);
    }
}
