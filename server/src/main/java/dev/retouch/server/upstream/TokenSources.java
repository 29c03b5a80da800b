package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.server.upstream.TokenCredential.Token;

/** Sources of tokens outside of the gateway: a file that another program renews, and a command that prints a token. */
public final class TokenSources {

    /** How long a token is used whose source does not say when it ends. */
    private static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_BYTES = 64 * 1024;

    private TokenSources() {}

    /** The text of a file, read again after at most three minutes. */
    public static TokenCredential.Source file(Path file, Clock clock) {
        return () -> token(Files.readString(file), clock);
    }

    /** The output of a command: the token, or a JSON object with {@code accessToken} or {@code access_token}. */
    public static TokenCredential.Source command(List<String> command, Clock clock) {
        return () -> token(output(command), clock);
    }

    private static Token token(String text, Clock clock) throws IOException {
        String value = text.strip();
        if (value.startsWith("{")) {
            JsonNode document = new ObjectMapper().readTree(value);
            value = document.path("accessToken").asText(document.path("access_token").asText(""));
        }
        if (value.isEmpty()) {
            throw new IOException("the source of the token is empty");
        }
        return new Token(value, clock.instant().plus(LIFETIME));
    }

    private static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            process.getOutputStream().close();
            // a token fits into the buffer of the pipe; a command that writes more does not end in time
            if (!process.waitFor(COMMAND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the token-command did not end within " + COMMAND_TIMEOUT.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("the token-command ended with status " + process.exitValue());
            }
            return new String(process.getInputStream().readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("while the token-command ran");
        } finally {
            process.destroyForcibly();
        }
    }
}
