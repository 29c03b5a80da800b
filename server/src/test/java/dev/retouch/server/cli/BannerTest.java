package dev.retouch.server.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.key.Group;
import dev.retouch.server.key.SandboxKey;

import static org.assertj.core.api.Assertions.assertThat;

class BannerTest {

    private final Path dataDir;
    private final SandboxKey key;

    BannerTest(@TempDir Path dataDir) throws IOException {
        this.dataDir = dataDir;
        this.key = new SandboxKey("sk-sandbox-0123", Group.sandbox(false, 8));
    }

    private String banner(String address, Optional<SandboxKey> shown) {
        return new Banner(URI.create(address), shown, false, dataDir).text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080",
            "http://127.8.9.1:80"})
    void showsKeyAndFirstEditOnLocalhost(String address) {
        String text = banner(address, Optional.of(key));

        assertThat(text).contains(address, address + "/docs", dataDir.toString(), key.value(),
                "curl -s " + address + "/v1/images/edits -H 'Authorization: Bearer " + key.value() + "'",
                address + "/examples/{input,mask}.png", "response_format=url", "edited.png")
                .endsWith(System.lineSeparator());
        assertThat(text.lines().filter(line -> line.contains("curl"))).as("one line to paste").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://0.0.0.0:8080", "http://192.0.2.7:8080", "http://no-such-host.invalid:8080"})
    void elsewhereItShowsNoKey(String address) {
        String text = banner(address, Optional.of(key));
        assertThat(text).contains(address, "not valid here").doesNotContain(key.value(), "curl");
    }

    @Test
    void behindAPublicUrlItShowsNoKey() {
        assertThat(new Banner(URI.create("http://127.0.0.1:8080"), Optional.of(key), true, dataDir).text())
                .contains("not valid here", "public-url").doesNotContain(key.value(), "curl");
    }

    @Test
    void withoutASandboxThereIsNothingToShow() {
        assertThat(banner("http://127.0.0.1:8080", Optional.empty())).contains("http://127.0.0.1:8080/docs")
                .doesNotContain("Sandbox", "curl", "Bearer");
    }
}
