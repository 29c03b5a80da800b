package dev.retouch.server.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.settings.ByteSize;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.DurationDeserializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ConfigurationLoaderTest {

    private final Path folder;
    private final Path file;
    private final Map<String, String> environment = new HashMap<>();

    ConfigurationLoaderTest(@TempDir Path folder) {
        this.folder = folder;
        this.file = folder.resolve("retouch.yaml");
    }

    private Configuration load(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return new ConfigurationLoader(environment).load(Optional.of(file));
    }

    private Configuration loadWithoutFile() {
        return new ConfigurationLoader(environment).load(Optional.empty());
    }

    private String mistake(String yaml) {
        ConfigurationException mistake = catchThrowableOfType(ConfigurationException.class, () -> load(yaml));
        assertThat(mistake).as("a mistake").isNotNull();
        String message = String.valueOf(mistake.getMessage());
        assertThat(message).doesNotContain("dev.retouch", "jackson", "\n");
        return message;
    }

    private String mistakeIn(String variable, String value) {
        environment.put(variable, value);
        return String.valueOf(catchThrowableOfType(ConfigurationException.class, this::loadWithoutFile).getMessage());
    }

    @Test
    void nothingNeedsToBeSet() {
        Configuration defaults = loadWithoutFile();

        assertThat(defaults.host()).isEqualTo("127.0.0.1");
        assertThat(defaults.port()).isEqualTo(8080);
        assertThat(defaults.dataDir()).isEqualTo(Path.of("retouch-data"));
        assertThat(defaults.publicUrl()).isNull();
        assertThat(defaults.defaultModel()).isEqualTo("gpt-image-2");
        assertThat(defaults.hosting().urlLifetime()).isEqualTo(Duration.ofHours(1));
        assertThat(defaults.http().maxBodySize().bytes()).isEqualTo(1L << 30);
        assertThat(defaults.http().memoryPerImage().bytes()).isEqualTo(2 << 20);
        assertThat(defaults.http().maxImageMemory().bytes()).isEqualTo(32 << 20);
        assertThat(defaults.http().idleTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(defaults.http().keepAliveTimeout()).isEqualTo(Duration.ofSeconds(75));
        assertThat(defaults.sandbox().enabled()).isTrue();
        assertThat(defaults.upstream().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(defaults.upstream().firstByteTimeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(defaults.upstream().idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(defaults.upstream().totalTimeout()).isEqualTo(Duration.ofMinutes(15));
        assertThat(defaults.upstream().maxAttempts()).isEqualTo(3);
        assertThat(defaults.upstreamsFile()).isNull();
    }

    @Test
    void environmentOverridesFile() throws IOException {
        environment.put("RETOUCH_HTTP_MAX_PARTS", "9");
        environment.put("RETOUCH_DATA_DIR", "/var/lib/retouch");
        environment.put("RETOUCH_HOST", "");
        Configuration configuration = load("""
                port: 9090
                public-url: https://images.example.com
                http:
                  max-parts: 5
                  max-body-size: 20MB
                upstream:
                  idle-timeout: 500ms
                sandbox: {enabled: false}
                """);

        assertThat(configuration.port()).isEqualTo(9090);
        assertThat(configuration.publicUrl()).isEqualTo(URI.create("https://images.example.com"));
        assertThat(configuration.http().maxParts()).isEqualTo(9);
        assertThat(configuration.http().maxBodySize().bytes()).isEqualTo(20L << 20);
        assertThat(configuration.dataDir()).isEqualTo(Path.of("/var/lib/retouch"));
        assertThat(configuration.upstream().idleTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(configuration.sandbox().enabled()).isFalse();
        assertThat(configuration.host()).as("an empty variable is none").isEqualTo("127.0.0.1");
    }

    /** An empty value is left where a value was commented out; an empty variable means the same. */
    @Test
    void anEmptyValueWasNotGiven() throws IOException {
        assertThat(load("")).isEqualTo(loadWithoutFile());
        assertThat(load("# nothing\n")).isEqualTo(loadWithoutFile());
        assertThat(load("host:\nport:\ndata-dir:\ndefault-model:\nhttp:\nhosting:\n  url-lifetime:\n"))
                .isEqualTo(loadWithoutFile());
        assertThat(load("http:\n  max-body-size:\n  max-parts: 3\n").http().maxParts()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            porrt: 1                         | :2: unknown key 'porrt'. Did you mean 'port'?
            Port: 1                          | :2: unknown key 'Port'. Did you mean 'port'?
            datadir: x                       | :2: unknown key 'datadir'. Did you mean 'data-dir'?
            http: {max-body-siz: 1MB}        | :2: unknown key 'http.max-body-siz'. Did you mean 'max-body-size'?
            port: http                       | :2: 'port': 'http' is not a whole number
            port: 80.5                       | :2: 'port': '80.5' is not a
            port: 70000                      | :2: 'port': must be 0 to 65535, but is 70000
            billing: {undecided-after: 15m}  | :2: 'billing.undecided-after': must be longer than upstream.total-timeout (900s)
            idempotency: {lifetime: 15m}     | :2: 'idempotency.lifetime': must be longer than upstream.total-timeout (900s)
            port: -1                         | :2: 'port': must be 0 to 65535, but is -1
            port: 99999999999                | :2: 'port': '99999999999' is not a
            port: {a: 1}                     | :2: 'port' takes one value
            port: [1, 2]                     | :2: 'port' takes one value
            admin-token: admin               | :2: 'admin-token': must have at least 16 characters
            admin-token: 1234567890123456    | :2: 'admin-token': is a secret; write it in quotes
            host: ' '                        | :2: 'host': must name an address to listen on
            http: 5                          | :2: 'http' is a section; its keys are
            http: {idle-timeout: fast}       | :2: 'http.idle-timeout': 'fast' is not a duration; write it like
            http: {idle-timeout: 30}         | :2: 'http.idle-timeout': '30' is not a duration; write it like
            http: {idle-timeout: 10ms}       | :2: 'http.idle-timeout': must be at least 100ms
            http: {max-body-size: large}     | :2: 'http.max-body-size': 'large' is not a size; write it like
            http: {max-body-size: 0}         | :2: 'http.max-body-size': must be larger than zero
            http: {max-body-size: -5MB}      | :2: 'http.max-body-size': '-5MB' is not a size; write it like
            http: {memory-per-image: 1GB}    | :2: 'http.memory-per-image': must be 0 to 16MB
            http: {max-parts: 0}             | :2: 'http.max-parts': must be at least 1, but is 0
            sandbox: {enabled: perhaps}      | :2: 'sandbox.enabled': 'perhaps' is not a switch; write true or false
            hosting: {url-lifetime: 0s}      | :2: 'hosting.url-lifetime': must be at least 1s
            upstream: {idle-timeout: 0s}     | :2: 'upstream.idle-timeout': must be longer than zero
            public-url: ftp://x              | :2: 'public-url': must start with http:// or https://
            public-url: 'http://a b'         | :2: 'public-url':
            """)
    void mistakeInFileIsReportedWithItsPlace(String line, String told) {
        assertThat(mistake("# my settings\n" + line + "\n")).startsWith(file + told);
    }

    @Test
    void anUnknownKeyFarFromAllOthersListsThem() {
        assertThat(mistake("zebra: 1\n")).startsWith(file + ":1: unknown key 'zebra'. Known are: admin-token, ");
    }

    @Test
    void theSameKeyTwiceIsAMistake() {
        assertThat(mistake("port: 1\nhost: localhost\nport: 2\n")).startsWith(file + ":3:").contains("port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"just text", "- a\n- b", "7"})
    void aFileWithoutSettingsIsAMistake(String yaml) {
        assertThat(mistake(yaml)).isEqualTo(file + ":1: expected settings as 'key: value', but found something else");
    }

    @Test
    void brokenYamlHasALine() {
        assertThat(mistake("port: 1\nhost: 'open\n")).startsWith(file + ":");
        assertThat(mistake("port: 1\n\thost: x\n")).startsWith(file + ":");
    }

    @Test
    void theEnvironmentNamesTheFile() throws IOException {
        Files.writeString(file, "port: 7\n");
        environment.put("RETOUCH_CONFIG", file.toString());
        assertThat(loadWithoutFile().port()).isEqualTo(7);
        assertThat(load("port: 8\n").port()).as("a file that is named wins").isEqualTo(8);
    }

    @Test
    void missingFileIsReportedByName() {
        assertThat(mistakeIn("RETOUCH_CONFIG", file.toString())).isEqualTo(file + ": there is no such file");
        assertThat(mistakeIn("RETOUCH_CONFIG", folder.toString())).startsWith(folder + ": cannot be read");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            RETOUCH_PROT            | 1       | RETOUCH_PROT is not a setting. Did you mean 'RETOUCH_PORT'?
            RETOUCH_HTTP_MAX_BODY_SIZES | 1   | RETOUCH_HTTP_MAX_BODY_SIZES is not a setting. Did you mean 'RETOUCH_HTTP_MAX_BODY_SIZE'?
            RETOUCH_PORT            | http    | RETOUCH_PORT: 'port': 'http' is not a whole number
            RETOUCH_PORT            | 70000   | RETOUCH_PORT: 'port': must be 0 to 65535, but is 70000
            RETOUCH_HTTP_IDLE_TIMEOUT     | soon    | RETOUCH_HTTP_IDLE_TIMEOUT: 'http.idle-timeout': 'soon' is not a duration; write it like
            RETOUCH_HTTP_MAX_BODY_SIZE     | much    | RETOUCH_HTTP_MAX_BODY_SIZE: 'http.max-body-size': 'much' is not a size; write it like
            RETOUCH_SANDBOX_ENABLED | perhaps | RETOUCH_SANDBOX_ENABLED: 'sandbox.enabled': 'perhaps' is not a switch
            """)
    void mistakeInVariableIsReportedWithItsName(String variable, String value, String told) {
        assertThat(mistakeIn(variable, value)).startsWith("environment: " + told);
    }

    @Test
    void variablesOfOthersDoNotMatter() {
        environment.putAll(Map.of("PATH", "/bin", "RETOUCHED", "1", "retouch_port", "1", "RETOUCH_LOG_LEVEL", "debug",
                "RETOUCH_JAVA_HOME", "/x", "RETOUCH_JAVA_OPTS", "-X"));
        assertThat(loadWithoutFile().port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "30s,PT30S", "10m,PT10M", "1h,PT1H", "7d,PT168H", "1 H,PT1H", "PT2M,PT2M"})
    void durationsAreWrittenAsPeopleWriteThem(String text, Duration meant) {
        assertThat(DurationDeserializer.parse(text)).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "17,17", "17B,17", "64KB,65536", "20mb,20971520", "1 GB,1073741824"})
    void sizesAreWrittenAsPeopleWriteThem(String text, long meant) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(meant);
    }

    @Test
    void aSizeCanBeANumber() throws IOException {
        assertThat(load("http: {max-body-size: 1048576}\n").http().maxBodySize().bytes()).isEqualTo(1 << 20);
        assertThat(mistake("http: {max-body-size: -5}\n"))
                .startsWith(file + ":1: 'http.max-body-size': '-5' is not a size");
        assertThat(mistake("http: {max-body-size: 999999999999999GB}\n"))
                .startsWith(file + ":1: 'http.max-body-size': ");
    }

    /** With SQLite there is one instance only, so no work of another instance can delay its heartbeats. */
    @Test
    void deadAfterIsLongerThanAnInstanceCanBeSilent() throws IOException {
        String database = "database-url: postgresql://localhost/retouch\nbilling: {dead-after: ";
        assertThat(mistake(database + "24s}\n")).startsWith(
                file + ":2: 'billing.dead-after': must be longer than 24s with a PostgreSQL database");
        assertThat(load(database + "25s}\n").billing().deadAfter()).isEqualTo(Duration.ofSeconds(25));
        assertThat(load("billing: {dead-after: 3s}\n").billing().deadAfter()).isEqualTo(Duration.ofSeconds(3));
    }
}
