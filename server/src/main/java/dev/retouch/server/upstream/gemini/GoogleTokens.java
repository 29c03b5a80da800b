package dev.retouch.server.upstream.gemini;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.client.StringRequestContent;

import dev.retouch.server.upstream.AttemptFailedException;
import dev.retouch.server.upstream.HttpCalls;
import dev.retouch.server.upstream.TokenCredential;
import dev.retouch.server.upstream.TokenCredential.Token;

/**
 * Tokens of Google Cloud: for a service account, by an assertion that its key signs (RFC 7523), or from the metadata server of the
 * machine.
 */
public final class GoogleTokens {

    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final String METADATA_PATH = "/computeMetadata/v1/instance/service-accounts/default/token";
    private static final long ASSERTION_SECONDS = 600;
    private static final int MAX_BYTES = 64 * 1024;

    private final HttpCalls calls;
    private final Clock clock;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Tokens over this HTTP client.
     *
     * @param calls the HTTP client
     * @param clock the time
     */
    public GoogleTokens(HttpCalls calls, Clock clock) {
        this.calls = calls;
        this.clock = clock;
    }

    /** Tokens of the service account of a key file. */
    public TokenCredential.Source serviceAccount(Path file) {
        return () -> {
            JsonNode account = mapper.readTree(Files.readString(file));
            String uri = account.path("token_uri").asText();
            String body = "grant_type=" + encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&assertion="
                    + assertion(account, uri);
            return token(new HttpCalls.Call("POST", uri, Map.of("accept", "application/json"),
                    new StringRequestContent("application/x-www-form-urlencoded", body)));
        };
    }

    /**
     * Tokens of the machine's own service account.
     *
     * @param server the base URL of the metadata server
     */
    public TokenCredential.Source metadata(URI server) {
        return () -> token(
                new HttpCalls.Call("GET", server + METADATA_PATH, Map.of("metadata-flavor", "Google"), null));
    }

    private String assertion(JsonNode account, String audience) throws IOException {
        long now = clock.instant().getEpochSecond();
        String header = mapper.createObjectNode().put("alg", "RS256").put("typ", "JWT")
                .put("kid", account.path("private_key_id").asText()).toString();
        String claims = mapper.createObjectNode().put("iss", account.path("client_email").asText()).put("scope", SCOPE)
                .put("aud", audience).put("iat", now).put("exp", now + ASSERTION_SECONDS).toString();
        String signed = base64(header.getBytes(StandardCharsets.UTF_8)) + "."
                + base64(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key(account.path("private_key").asText()));
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the private key of the service account cannot be used", e);
        }
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        String content = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(content)));
    }

    private Token token(HttpCalls.Call call) throws IOException {
        try (HttpCalls.Reply reply = calls.send(call)) {
            byte[] body = reply.body().readNBytes(MAX_BYTES);
            if (reply.head().getStatus() != 200) {
                throw new IOException("the token server answered " + reply.head().getStatus());
            }
            JsonNode document = mapper.readTree(body);
            Instant expires = clock.instant().plusSeconds(document.path("expires_in").asLong(0));
            return new Token(document.path("access_token").asText(""), expires);
        } catch (AttemptFailedException e) {
            throw new IOException("the token server did not answer", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
