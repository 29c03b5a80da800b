package dev.retouch.server.upstream.poll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.upstream.KindTraits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PollKindsReaderTest {

    @TempDir
    private Path folder = Path.of(".");

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("kinds.yaml"), content);
    }

    private static PollKind bfl(Map<String, PollKind> kinds) {
        return Objects.requireNonNull(kinds.get("bfl"));
    }

    @Test
    void shippedKindsHaveVariants() {
        PollKind bfl = bfl(PollKindsReader.read(null));
        assertThat(bfl.traits("flux-2-pro").size()).isEqualTo(KindTraits.Size.WIDTH_HEIGHT);
        assertThat(bfl.traits("flux-kontext-pro").size()).isEqualTo(KindTraits.Size.ASPECT);
        assertThat(bfl.submit("flux-kontext-pro").width()).isNull();
        assertThat(bfl.traits("flux-pro-1.0-fill").mask()).isEqualTo(KindTraits.Mask.WHITE);
        assertThat(bfl.submit("flux-pro-1.0-fill").images()).containsExactly("/image");
        assertThat(PollKindsReader.read(null)).containsOnlyKeys("bfl", "fal", "replicate");
    }

    @Test
    void ownFileChangesShippedKind() throws IOException {
        PollKind bfl = bfl(PollKindsReader.read(file("bfl: {poll: {every: 5s}}\n")));
        assertThat(bfl.poll().every()).isEqualTo(Duration.ofSeconds(5));
        assertThat(bfl.poll().done()).containsExactly("Ready");
    }

    @Test
    void mistakesNameFileLineAndKey() {
        assertThatThrownBy(() -> PollKindsReader.read(file("bfl: {poll: {evry: 5s}}\n")))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("kinds.yaml")
                .hasMessageContaining("evry");
        assertThatThrownBy(() -> PollKindsReader.read(file("Acme Corp: {}\n")))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("'Acme Corp' is not an upstream kind");
        assertThatThrownBy(() -> PollKindsReader.read(file("acme: {poll: {status: /s}}\n")))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("acme");
    }
}
