package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Only programs on the machine of the gateway get and use the sandbox key; clients behind a proxy do not. */
@Tag("slow")
class SandboxKeyAccessTest {

    private static final String HOST = "Host: 127.0.0.1:8080";
    /** Headers that proxies add. */
    private static final List<String> OF_PROXIES = List.of("Forwarded: for=203.0.113.7", "X-Forwarded-For: 203.0.113.7",
            "x-forwarded-host: images.example.com", "X-Real-IP: 203.0.113.7", "Via: 1.1 proxy");

    @TempDir
    private Path dataDir = Path.of(".");

    private static String page(StartedGateway gateway, String version, String... headers) throws IOException {
        return gateway.send("GET /docs/sandbox.json " + version, headers);
    }

    private static String models(StartedGateway gateway, String version, String... headers) throws IOException {
        return gateway.send("GET /v1/models " + version + "\r\nAuthorization: Bearer " + gateway.sandboxKey(), headers);
    }

    @Test
    void aProxyNeitherShowsNorUsesTheKey() throws IOException {
        try (StartedGateway gateway = StartedGateway.with(dataDir)) {
            assertThat(page(gateway, "HTTP/1.1", HOST)).contains(gateway.sandboxKey());
            assertThat(models(gateway, "HTTP/1.1", HOST)).startsWith("HTTP/1.1 200");
            for (String header : OF_PROXIES) {
                assertThat(page(gateway, "HTTP/1.1", HOST, header)).as(header).contains("{\"key\":null}");
                assertThat(models(gateway, "HTTP/1.1", HOST, header)).as(header).startsWith("HTTP/1.1 401")
                        .contains("without a proxy");
            }
            assertThat(page(gateway, "HTTP/1.0", HOST)).as("nginx by default").contains("{\"key\":null}");
            assertThat(models(gateway, "HTTP/1.0", HOST)).contains("401");
        }
    }

    @Test
    void onlyLoopbackNamesShowTheKey() throws IOException {
        try (StartedGateway gateway = StartedGateway.with(dataDir)) {
            for (String host : List.of("localhost", "LOCALHOST:80", "127.0.0.1", "127.9.9.9", "[::1]:8080")) {
                assertThat(page(gateway, "HTTP/1.1", "Host: " + host)).as(host).contains(gateway.sandboxKey());
            }
            for (String host : List.of("images.example.com", "192.0.2.7", "1.2.3.4.5", "[2001:db8::1]",
                    "localhost.example.com")) {
                assertThat(page(gateway, "HTTP/1.1", "Host: " + host)).as(host).contains("{\"key\":null}");
            }
        }
    }

    @Test
    void aPublicUrlTurnsTheKeyOff() throws IOException {
        try (StartedGateway gateway = StartedGateway.with(dataDir, "RETOUCH_PUBLIC_URL",
                "https://images.example.com")) {
            assertThat(page(gateway, "HTTP/1.1", HOST)).contains("{\"key\":null}");
            assertThat(models(gateway, "HTTP/1.1", HOST)).startsWith("HTTP/1.1 401").contains("public-url");
        }
    }

    @Test
    void noOriginReadsTheKeyOrAPage() throws IOException {
        try (StartedGateway gateway = StartedGateway.with(dataDir, "RETOUCH_CORS_ORIGINS", "*")) {
            String origin = "Origin: https://app.example.com";
            assertThat(models(gateway, "HTTP/1.1", HOST, origin)).containsIgnoringCase("access-control-allow-origin");
            for (String path : List.of("/docs/sandbox.json", "/", "/docs")) {
                assertThat(gateway.send("GET " + path + " HTTP/1.1", HOST, origin)).startsWith("HTTP/1.1 200")
                        .doesNotContainIgnoringCase("access-control-allow-origin");
            }
        }
    }

    @Test
    void theSandboxGroupHasLimits() throws IOException {
        try (StartedGateway gateway = StartedGateway.with(dataDir, "RETOUCH_SANDBOX_MAX_CONCURRENT_EDITS", "3")) {
            assertThat(gateway.gateway().sandboxKey().orElseThrow().group().limits().concurrentEdits()).isEqualTo(3);
        }
    }

    @Test
    void pagesHaveAPolicyAndNoStrangersAmongThem() throws IOException {
        try (StartedGateway gateway = StartedGateway.with(dataDir)) {
            for (String path : List.of("/", "/docs", "/docs/docs.js", "/docs/sandbox.json", "/openapi.json",
                    "/docs/ui/swagger-ui.css", "/docs/ui/swagger-ui-bundle.js", "/examples/input.png")) {
                assertThat(gateway.send("GET " + path + " HTTP/1.1", HOST)).as(path).startsWith("HTTP/1.1 200")
                        .containsIgnoringCase("x-content-type-options: nosniff").contains("default-src 'self'",
                                "frame-ancestors 'none'");
            }
            for (String path : List.of("/docs/ui/index.html", "/docs/ui/swagger-initializer.js", "/docs/ui/",
                    "/docs/ui/package.json")) {
                assertThat(gateway.send("GET " + path + " HTTP/1.1", HOST)).as(path).startsWith("HTTP/1.1 404");
            }
        }
    }
}
