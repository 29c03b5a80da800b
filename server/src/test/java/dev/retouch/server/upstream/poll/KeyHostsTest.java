package dev.retouch.server.upstream.poll;

import java.net.URI;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class KeyHostsTest {

    private final KeyHosts hosts = new KeyHosts(URI.create("https://api.bfl.ai/v1"), List.of("*.bfl.ai"));

    @ParameterizedTest
    @ValueSource(strings = {"https://api.bfl.ai/v1/get_result?id=1", "https://api.us1.bfl.ai/v1/get_result?id=1",
            "https://API.EU.BFL.AI/v1/get_result", "https://api.eu.bfl.ai:443/x"})
    void permitsOwnAndNamedHosts(String url) {
        assertThat(hosts.permitted(url)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://bfl.ai.evil.example/x", "https://evilbfl.ai/x", "https://bfl.ai/x",
            "http://api.us1.bfl.ai/x", "https://api.us1.bfl.ai:8443/x", "https://user@api.bfl.ai/x",
            "https://evil.example/?api.bfl.ai", "//evil.example/x", "https://api.bfl.ai\\@evil.example/x",
            "ftp://api.bfl.ai/x",
            "http://api.bfl.ai/v1/x", "not a url"})
    void permitsNoOther(String url) {
        assertThat(hosts.permitted(url)).isEmpty();
    }

    @Test
    void pathIsThatOfTheUpstream() {
        assertThat(hosts.permitted("/v1/get_result?id=1")).hasValue("https://api.bfl.ai/v1/get_result?id=1");
    }
}
