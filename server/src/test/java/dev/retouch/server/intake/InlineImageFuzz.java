package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;

import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.fixture.ChunkedInputStream;
import dev.retouch.server.image.Spool;

/** Fuzz target: a JSON edit is read alike in one piece and byte by byte, or refused alike. */
public final class InlineImageFuzz {

    private static final IntakeLimits LIMITS = new IntakeLimits(100_000, 16,
            new KnownFields(Set.of("prompt", "model", "size", "n"), false));
    private static final Pattern PLACEHOLDER = Pattern.compile("inline:[0-9a-f-]{36}:");
    private static final Spool SPOOL = spool();

    private InlineImageFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        String whole = read(new ByteArrayInputStream(data));
        String single = read(ChunkedInputStream.single(data));
        if (!whole.equals(single)) {
            throw new AssertionError("whole: " + whole + "\nbyte by byte: " + single);
        }
    }

    private static String read(InputStream body) throws IOException {
        Exchange exchange = new Exchange("req_fuzz", 0);
        try {
            Object edit = StrictJson.read(StrictJson.ofEdits(ImageEditJson.class),
                    new InlineImageExtractor(JsonCharset.utf8(body, null), SPOOL, exchange, LIMITS), exchange);
            return PLACEHOLDER.matcher(String.valueOf(edit)).replaceAll("inline:");
        } catch (ApiException e) {
            return e.message() + " " + e.param().orElse("");
        } finally {
            exchange.close();
        }
    }

    private static Spool spool() {
        try {
            Path folder = Files.createTempDirectory("fuzz");
            folder.toFile().deleteOnExit();
            return new Spool(folder, 1 << 20);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
