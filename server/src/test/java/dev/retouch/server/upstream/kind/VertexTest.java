package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static org.assertj.core.api.Assertions.assertThat;

/** The kind {@code vertex} through a gateway, with each of its credentials. */
@Tag("slow")
class VertexTest {

    private static final String MODEL = "gemini-3-pro-image";
    private static final String PROJECT = "google:\n  kind: vertex\n  url: %s/v1\n  project: acme-1\n";

    @TempDir
    private Path folder = Path.of(".");
    private GeminiVendor google;
    private TokenServer tokens;

    /** Google's token endpoint and the metadata server of a machine, from their references. */
    private static final class TokenServer extends ScriptedVendor {

        private final KeyPair keys;

        TokenServer() throws IOException, GeneralSecurityException {
            super();
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            keys = generator.generateKeyPair();
        }

        @Override
        Reply answer(Received request) {
            if (request.path().equals("/computeMetadata/v1/instance/service-accounts/default/token")) {
                return request.header("metadata-flavor").equals("Google") ? token() : Reply.json(403, "{}");
            }
            String body = URLDecoder.decode(request.text(), StandardCharsets.UTF_8);
            String[] assertion = body.replaceFirst(".*&assertion=", "").split("\\.");
            boolean valid = body.startsWith("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&")
                    && isSigned(assertion) && areClaims(assertion[1]);
            return valid ? token() : Reply.json(400, "{\"error\":\"invalid_grant\"}");
        }

        private static Reply token() {
            return Reply.json(200, "{\"access_token\":\"" + GeminiVendor.TOKEN
                    + "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}");
        }

        private boolean isSigned(String[] assertion) {
            try {
                Signature signature = Signature.getInstance("SHA256withRSA");
                signature.initVerify(keys.getPublic());
                signature.update((assertion[0] + "." + assertion[1]).getBytes(StandardCharsets.US_ASCII));
                return signature.verify(Base64.getUrlDecoder().decode(assertion[2]));
            } catch (GeneralSecurityException e) {
                return false;
            }
        }

        private boolean areClaims(String part) {
            try {
                JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(part));
                return claims.path("iss").asText().equals("editor@acme-1.iam.gserviceaccount.com")
                        && claims.path("aud").asText().equals(base() + "/token")
                        && claims.path("scope").asText().equals("https://www.googleapis.com/auth/cloud-platform")
                        && claims.path("exp").asLong() - claims.path("iat").asLong() <= 3600;
            } catch (IOException e) {
                return false;
            }
        }

        /** The key file of a service account. */
        String account() {
            ObjectNode account = JSON.createObjectNode().put("type", "service_account")
                    .put("client_email", "editor@acme-1.iam.gserviceaccount.com").put("private_key_id", "k1")
                    .put("token_uri", base() + "/token");
            account.put("private_key", "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
                    + "\n-----END PRIVATE KEY-----\n");
            return account.toString();
        }
    }

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        google = new GeminiVendor();
        tokens = new TokenServer();
    }

    @AfterEach
    void stop() {
        google.close();
        tokens.close();
    }

    private void assertEdited(KindGateway gateway) {
        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(gateway.send(new Edit(MODEL).image()).statusCode()).isEqualTo(200);
    }

    @Test
    void serviceAccountGetsATokenForManyEdits() throws IOException {
        Path file = Files.writeString(folder.resolve("account.json"), tokens.account());
        try (KindGateway gateway = new KindGateway(folder,
                PROJECT.formatted(google.base()) + "  service-account-file: " + file + "\n")) {
            assertEdited(gateway);
            assertThat(tokens.received()).hasSize(1);
            assertThat(google.posted().getFirst().path())
                    .startsWith("/v1/projects/acme-1/locations/global/publishers/google/models/" + MODEL);
        }
    }

    @Test
    void metadataServerGivesAToken() throws IOException {
        try (KindGateway gateway = new KindGateway(folder, PROJECT.formatted(google.base()), "GCE_METADATA_HOST",
                tokens.base().getAuthority())) {
            assertEdited(gateway);
        }
    }

    /** A proxy in the entry of the upstream is asked for edits, and never for the token of the machine. */
    @Test
    void metadataServerIsNotAskedThroughTheProxy() throws IOException {
        try (Proxy proxy = new Proxy();
                KindGateway gateway = new KindGateway(folder,
                        PROJECT.formatted("http://vertex.invalid") + "  proxy: " + proxy.base() + "\n",
                        "GCE_METADATA_HOST",
                        tokens.base().getAuthority())) {
            assertEdited(gateway);
            assertThat(tokens.received()).hasSize(1);
            assertThat(proxy.received()).hasSize(2)
                    .allSatisfy(request -> assertThat(request.path()).doesNotContain("computeMetadata"));
        }
    }

    /** An HTTP proxy in front of Google. */
    private static final class Proxy extends ScriptedVendor {

        Proxy() throws IOException {
            super();
        }

        @Override
        Reply answer(Received request) {
            return GeminiVendor.edit(request.json());
        }
    }

    @Test
    void expressKeyNeedsNoProject() throws IOException {
        try (KindGateway gateway = new KindGateway(folder,
                "google:\n  kind: vertex\n  url: %s/v1\n  key-env: VENDOR_KEY\n".formatted(google.base()))) {
            assertEdited(gateway);
            assertThat(google.posted().getFirst().path()).startsWith("/v1/publishers/google/models/");
        }
    }

    @Test
    void silentTokenServerIsTheGatewaysTrouble() throws IOException {
        tokens.next(ScriptedVendor.Reply.json(500, "{}"));
        Path file = Files.writeString(folder.resolve("account.json"), tokens.account());
        try (KindGateway gateway = new KindGateway(folder,
                PROJECT.formatted(google.base()) + "  service-account-file: " + file + "\n",
                "RETOUCH_UPSTREAM_MAX_ATTEMPTS", "1")) {
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image());
            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(google.received()).isEmpty();
            assertThat(gateway.ledger(response).path("state").asText()).isEqualTo("released");
        }
    }
}
