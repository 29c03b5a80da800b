package dev.retouch.server.idempotency;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.image.Spool;

import static org.assertj.core.api.Assertions.assertThat;

class FingerprintTest {

    private final Spool spool;

    FingerprintTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 4);
    }

    private Upload image(String content) {
        try (Spool.Writer writer = spool.newWriter()) {
            writer.write(content.getBytes(StandardCharsets.UTF_8));
            return new Upload("image", writer.finish());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static EditRequest request(List<Upload> images, Map<String, String> parameters) {
        return new EditRequest(Optional.of("m"), Optional.of("p"), images, Optional.empty(), parameters, Map.of());
    }

    @Test
    void fingerprintIsIndependentOfTheBodyFormat() {
        Map<String, String> turned = new LinkedHashMap<>();
        turned.put("size", "auto");
        turned.put("n", "1");
        Map<String, String> straight = new LinkedHashMap<>();
        straight.put("n", "1");
        straight.put("size", "auto");
        String one = Fingerprint.of(request(List.of(image("some image"), image("b")), turned));
        String other = Fingerprint.of(request(List.of(image("some image"), image("b")), straight));
        assertThat(one).isEqualTo(other).matches("[0-9a-f]{64}");
    }

    @Test
    void anyDifferenceChangesTheFingerprint() {
        Upload a = image("image a");
        Upload b = image("image b");
        Map<String, String> n = Map.of("n", "1");
        List<EditRequest> requests = List.of(request(List.of(a), n), request(List.of(b), n),
                request(List.of(a, b), n), request(List.of(b, a), n), request(List.of(a), Map.of("n", "2")),
                request(List.of(a), Map.of()), request(List.of(a), Map.of("n", "1", "stream", "true")),
                request(List.of(a), Map.of("n", "1", "response_format", "url")),
                request(List.of(Upload.at("image", "image a")), n),
                new EditRequest(Optional.of("m"), Optional.of("p"), List.of(a), Optional.of(b), n, Map.of()),
                new EditRequest(Optional.of("m"), Optional.of("p"), List.of(a), Optional.empty(), Map.of(), n),
                new EditRequest(Optional.empty(), Optional.of("p"), List.of(a), Optional.empty(), n, Map.of()),
                new EditRequest(Optional.of("mp"), Optional.of(""), List.of(a), Optional.empty(), n, Map.of()),
                new EditRequest(Optional.of("m"), Optional.empty(), List.of(a), Optional.empty(), n, Map.of()));
        assertThat(Stream.concat(requests.stream().map(Fingerprint::of), requests.stream().map(Fingerprint::ofTask)))
                .doesNotHaveDuplicates().hasSize(2 * requests.size());
    }
}
