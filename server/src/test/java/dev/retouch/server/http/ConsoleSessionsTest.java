package dev.retouch.server.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.retouch.server.api.AdminTokenCheck;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.secret.Secret;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleSessionsTest {

    private static final String TOKEN = "the-admin-token";

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-29T10:00:00Z"));
    private final AdminTokenCheck check = new AdminTokenCheck(new Secret(TOKEN));
    private final Server server = new Server(0);
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        ConsoleSessions sessions = new ConsoleSessions(new Secret(TOKEN), check, clock);
        PathMappingsHandler paths = new PathMappingsHandler();
        paths.addMapping(PathSpec.from(ConsoleSessions.PATH), sessions.endpoint());
        paths.addMapping(PathSpec.from("/*"), sessions.around(new AuthorizationEcho()));
        server.setHandler(paths);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.stop();
    }

    /** Answers with the Authorization header that it gets. */
    private static final class AuthorizationEcho extends Handler.Abstract {

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            String got = request.getHeaders().get(HttpHeader.AUTHORIZATION);
            Content.Sink.write(response, true, got == null ? "none" : got, callback);
            return true;
        }
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + server.getURI().getPort() + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return client.send(headers.length == 0 ? request.build() : request.headers(headers).build(),
                BodyHandlers.ofString());
    }

    private String admin(String cookie, String mode) throws Exception {
        return send("GET", "/admin/v1/groups", "", "Cookie", cookie, "x-retouch-console", mode).body();
    }

    private static Optional<String> cookie(HttpResponse<String> response) {
        return response.headers().firstValue("set-cookie").map(value -> value.replaceAll(";.*", ""));
    }

    private String signIn() throws Exception {
        HttpResponse<String> response = send("POST", "/console/session", TOKEN, "x-retouch-console", "user");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("set-cookie").orElseThrow()).contains("HttpOnly", "SameSite=Strict",
                "Path=/").doesNotContain(TOKEN);
        return cookie(response).orElseThrow();
    }

    @Test
    void passesAdminTokenOnForAdministrationOnly() throws Exception {
        String session = signIn();
        assertThat(admin(session, "user")).isEqualTo("Bearer " + TOKEN);
        assertThat(send("GET", "/v1/models", "", "Cookie", session, "x-retouch-console", "user").body())
                .isEqualTo("none");
        assertThat(send("GET", "/admin/v1/groups", "", "Cookie", session).body()).isEqualTo("none");
        assertThat(send("GET", "/admin/v1/groups", "", "Cookie", session, "x-retouch-console", "user",
                "Authorization", "Bearer other").body()).isEqualTo("Bearer other");
    }

    @Test
    void endsIfTheUserIsIdle() throws Exception {
        String session = signIn();
        clock.advance(Duration.ofMinutes(29));
        assertThat(admin(session, "page")).isEqualTo("Bearer " + TOKEN);
        clock.advance(Duration.ofMinutes(1));
        assertThat(admin(session, "page")).isEqualTo("none");
    }

    @Test
    void isExtendedByTheUserAndNotByThePage() throws Exception {
        String session = signIn();
        assertThat(cookie(send("GET", "/admin/v1/groups", "", "Cookie", session, "x-retouch-console", "page")))
                .isEmpty();
        clock.advance(Duration.ofMinutes(20));
        String extended = cookie(send("GET", "/admin/v1/groups", "", "Cookie", session, "x-retouch-console", "user"))
                .orElseThrow();
        clock.advance(Duration.ofMinutes(20));
        assertThat(admin(session, "user")).isEqualTo("none");
        assertThat(admin(extended, "user")).isEqualTo("Bearer " + TOKEN);
    }

    @Test
    void refusesSessionsThatItDidNotSign() throws Exception {
        String session = signIn();
        assertThat(admin(session + "x", "user")).isEqualTo("none");
        assertThat(admin(session.replaceFirst("=[0-9]", "=9"), "user")).isEqualTo("none");
        assertThat(admin("retouch-console=", "user")).isEqualTo("none");
        assertThat(admin("retouch-console=x.y.z", "user")).isEqualTo("none");
    }

    @Test
    void wrongTokensSlowThePeerDown() throws Exception {
        for (int attempt = 0; attempt < 5; attempt++) {
            assertThat(send("POST", "/console/session", "guess", "x-retouch-console", "user").statusCode())
                    .isEqualTo(401);
        }
        long before = System.nanoTime();
        signIn();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void endpointNeedsTheHeaderAndTheToken() throws Exception {
        assertThat(send("POST", "/console/session", TOKEN).statusCode()).isEqualTo(401);
        assertThat(send("POST", "/console/session", "wrong", "x-retouch-console", "user").statusCode()).isEqualTo(401);
        assertThat(send("POST", "/console/session", "x".repeat(5000), "x-retouch-console", "user").statusCode())
                .isEqualTo(413);
        assertThat(send("PUT", "/console/session", TOKEN, "x-retouch-console", "user").statusCode()).isEqualTo(405);
        assertThat(send("GET", "/console/session", "", "x-retouch-console", "user").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/console/session", "", "x-retouch-console", "user", "Cookie", signIn()).statusCode())
                .isEqualTo(204);
        assertThat(send("DELETE", "/console/session", "", "x-retouch-console", "user").headers()
                .firstValue("set-cookie").orElseThrow()).contains("Expires=Thu, 01 Jan 1970");
    }
}
