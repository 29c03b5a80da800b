package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.SettingsFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UpstreamTimeoutsTest {

    @TempDir
    private Path folder = Path.of(".");

    private UpstreamWiring upstreams(String timeout) throws IOException {
        Path file = folder.resolve("upstreams.yaml");
        Files.writeString(file, "slow:\n  url: http://127.0.0.1:9/v1\n  total-timeout: " + timeout + "\n");
        Configuration configuration = new ConfigurationLoader(Map.of("RETOUCH_UPSTREAMS_FILE", file.toString(),
                "RETOUCH_IDEMPOTENCY_LIFETIME", "30m")).load(Optional.empty());
        return UpstreamWiring.of(configuration, ModelRegistry.shipped(), Map.of(),
                Optional.of(SettingsFile.read(file)));
    }

    /** An edit must not run longer than what waits for its outcome. */
    @Test
    void attemptEndsBeforeItsEditIsDecidedOrItsKeyExpires() throws IOException {
        assertThat(upstreams("19m").count()).isEqualTo(1);
        assertThatThrownBy(() -> upstreams("20m")).isInstanceOf(ConfigurationException.class).hasMessageContaining(
                "the upstream 'slow': its total-timeout (1200s) must be shorter than 'billing.undecided-after' (1200s)");
        assertThatThrownBy(() -> upstreams("30m")).isInstanceOf(ConfigurationException.class);
    }
}
