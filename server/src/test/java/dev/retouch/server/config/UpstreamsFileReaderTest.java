package dev.retouch.server.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.upstream.KindTraits;
import dev.retouch.server.upstream.UpstreamDefaults;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.UpstreamSettings.Http;
import dev.retouch.server.upstream.UpstreamSettings.JsonEdits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Accepted and rejected upstreams files. */
class UpstreamsFileReaderTest {

    private static final Map<String, Optional<URI>> KINDS = Map.of("openai", Optional.empty(), "azure",
            Optional.empty(), "gemini", Optional.of(URI.create("https://generativelanguage.googleapis.com/v1beta")));

    private final Path file;
    private final UpstreamDefaults usual = new ConfigurationLoader(Map.of()).load(Optional.empty()).upstream();

    UpstreamsFileReaderTest(@TempDir Path folder) {
        this.file = folder.resolve("upstreams.yaml");
    }

    private Map<String, UpstreamSettings> read(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return UpstreamsFileReader.read(file, usual, List.of("sandbox"), List.of("gpt-image-2", "dall-e-2"),
                KINDS);
    }

    @Test
    void omittedValuesComeFromTheSettings() throws IOException {
        Map<String, UpstreamSettings> upstreams = read(
                "b:\n  url: https://b.example/v1/\na:\n  url: http://a.example/v1\n");

        assertThat(upstreams).containsOnlyKeys("b", "a");
        assertThat(upstreams.keySet()).containsExactly("b", "a");
        assertThat(upstreams.get("b")).isEqualTo(UpstreamSettings.usual(URI.create("https://b.example/v1"), usual));
    }

    @Test
    void everythingCanBeSaid() throws IOException {
        UpstreamSettings upstream = read("""
                eu.1:
                  url: https://eu.example/v1
                  key-env: EU_KEY
                  priority: 2
                  weight: 30
                  http: 1.1
                  proxy: http://proxy.example:3128
                  connect-timeout: 2s
                  first-byte-timeout: 3m
                  idle-timeout: 500ms
                  total-timeout: 4m
                  max-connections: 7
                  json-edits: json
                  streams: false
                  models: {gpt-image-2: acme/image}
                """).get("eu.1");

        assertThat(upstream).isEqualTo(new UpstreamSettings(URI.create("https://eu.example/v1"), "EU_KEY", null, 2, 30,
                Http.HTTP_1_1, URI.create("http://proxy.example:3128"), Duration.ofSeconds(2), Duration.ofMinutes(3),
                Duration.ofMillis(500), Duration.ofMinutes(4), 7, JsonEdits.JSON, false,
                Map.of("gpt-image-2", "acme/image")));
        assertThat(read("a:\n  url: http://a.example/v1\n  http: 2\n").get("a")).extracting(UpstreamSettings::http)
                .isEqualTo(Http.HTTP_2);
        assertThat(read("a:\n  url: http://a.example/v1\n  key-file: /run/key\n  http: AUTO\n").get("a"))
                .extracting(UpstreamSettings::keyFile).isEqualTo(Path.of("/run/key"));
    }

    @Test
    void emptyFileHasNoUpstreams() throws IOException {
        assertThat(read("# later\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            urll: http://a.example/v1             | :2: the upstream 'a': 'url': it is missing
            url: ftp://a.example/v1               | :2: the upstream 'a': 'url': must start with http:// or https:// and name a host
            url: http://me:pw@a.example/v1        | :2: the upstream 'a': 'url': must not have a password in it; name the key by key-env
            key: sk-1234567890                    | :2: the upstream 'a': 'key': keys do not stand in this file; name the environment variable with key-env, or a file with key-file
            """)
    void mistakesInTheFirstLine(String line, String told) {
        assertThat(mistake("a:\n  " + line + "\n")).endsWith(told.replace(":2: the upstream 'a': 'url': it is missing",
                ":1: the upstream 'a': 'url': it is missing")).doesNotContain("sk-1234567890", "me:pw");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            wieght: 2                | 'wieght': there is no such key. Did you mean 'weight'?
            weight: 0                | 'weight': must be at least 1
            weight: many             | 'weight': 'many' is not a value for it
            priority: 0              | 'priority': must be at least 1, which is first
            http: 3                  | 'http': '3' is not a choice; write one of auto, 1.1, 2
            proxy: socks://p:1       | 'proxy': must look like http://host:port
            proxy: http://u:p@p:1    | 'proxy': must look like http://host:port
            idle-timeout: soon       | 'idle-timeout': 'soon' is not a duration; write it like 500ms, 30s, 10m or 1h
            idle-timeout: 0s         | 'idle-timeout': must be longer than zero
            max-connections: 0       | 'max-connections': must be at least 1
            json-edits: xml          | 'json-edits': 'xml' is not a choice; write one of multipart, json
            streams: perhaps         | 'streams': 'perhaps' is not a value for it
            models: {gpt-image-3: x} | 'models.gpt-image-3': there is no such model. Did you mean 'gpt-image-2'?
            key-env: sk-not a name   | 'key-env': must be the name of an environment variable, and not the key itself
            key-env: RETOUCH_EU_KEY  | 'key-env': must not start with RETOUCH_, as settings do
            """)
    void mistakesInTheSecondLine(String line, String told) {
        assertThat(mistake("a:\n  url: http://a.example/v1\n  " + line + "\n"))
                .endsWith("upstreams.yaml:3: the upstream 'a': " + told);
    }

    @Test
    void aKeyComesFromOnePlace() {
        assertThat(mistake("a:\n  url: http://a.example/v1\n  key-env: A\n  key-file: /b\n"))
                .endsWith(":4: the upstream 'a': 'key-file': cannot be set together with key-env");
    }

    @Test
    void behindAProxyHttp2NeedsTls() {
        assertThat(mistake("a:\n  url: http://a.example/v1\n  http: 2\n  proxy: http://p:1\n"))
                .endsWith(
                        ":3: the upstream 'a': 'http': cannot be 2 behind a proxy unless the url starts with https://");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            sandbox: {url: "http://a/v1"} | :1: the name 'sandbox' is taken; choose another
            a b: {url: "http://a/v1"}     | :1: 'a b' is not a name for an upstream; use letters, digits, '.', '_' and '-'
            a: http://a/v1                | :1: the upstream 'a' has no description
            """)
    void mistakesOfAnEntry(String yaml, String told) {
        assertThat(mistake(yaml + "\n")).endsWith(told);
    }

    @Test
    void theSameNameTwiceIsAMistake() {
        assertThat(mistake("a: {url: 'http://a/v1'}\na: {url: 'http://b/v1'}\n")).contains("upstreams.yaml:2", "'a'");
    }

    @Test
    void aFileThatIsNotThereIsAMistake() {
        ConfigurationException mistake = catchThrowableOfType(ConfigurationException.class,
                () -> UpstreamsFileReader.read(Path.of("/no/such/file.yaml"), usual, List.of(), List.of(), KINDS));
        assertThat(mistake).hasMessage("/no/such/file.yaml: there is no such file");
    }

    private String mistake(String yaml) {
        ConfigurationException mistake = catchThrowableOfType(ConfigurationException.class, () -> read(yaml));
        assertThat(mistake).as("a mistake").isNotNull();
        return String.valueOf(mistake.getMessage());
    }

    @Test
    void kindHasItsOwnKeys() throws IOException {
        UpstreamSettings azure = Objects.requireNonNull(read("""
                azure:
                  kind: azure
                  url: https://acme.openai.azure.com
                  deployments: {gpt-image-2: my-deployment}
                  key-file: /run/secrets/azure
                """).get("azure"));
        assertThat(azure.wire().kind()).isEqualTo("azure");
        assertThat(azure.wire().deployments()).isEqualTo(Map.of("gpt-image-2", "my-deployment"));
        assertThat(azure.keyFile()).isEqualTo(Path.of("/run/secrets/azure"));
        UpstreamSettings google = Objects
                .requireNonNull(read("google:\n  kind: gemini\n  key-env: GEMINI_KEY\n").get("google"));
        assertThat(google.url()).isEqualTo(URI.create("https://generativelanguage.googleapis.com/v1beta"));
        UpstreamSettings local = Objects.requireNonNull(
                read("a:\n  url: http://a.example/v1\n  mask-means: white\n  mask-field: mask_image\n").get("a"));
        assertThat(local.wire().maskMeans()).isEqualTo(KindTraits.Mask.WHITE);
        assertThat(local.wire().kind()).isEqualTo("openai");
    }

    @Test
    void mistakeInKindNamesItsLine() throws IOException {
        assertThat(mistake("a:\n  url: http://a.example/v1\n  kind: gemni\n")).contains(":3").contains("'kind'")
                .contains("gemini");
        assertThat(mistake("a:\n  url: http://a.example/v1\n  mask-means: grey\n")).contains(":3")
                .contains("'grey' is not a choice").contains("white");
        assertThat(mistake("a:\n  url: http://a.example/v1\n  mask-feild: x\n")).contains(":3").contains("mask-field");
        assertThat(mistake("a:\n  url: http://a.example/v1\n  deployments: {gpt-image-9: x}\n"))
                .contains("there is no such model");
        assertThat(mistake("a:\n  kind: azure\n")).contains("'url'").contains("missing");
    }
}
