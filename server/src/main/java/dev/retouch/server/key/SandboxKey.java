package dev.retouch.server.key;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.regex.Pattern;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.secret.SecretFile;

/**
 * The API key that works without configuration. It is created at the first start and kept in the data directory. It
 * permits only sandbox edits, which are free, and only to programs on this machine.
 *
 * @param value the secret
 * @param group group of the key
 */
public record SandboxKey(String value, Group group) {

    /** Key id of sandbox edits. */
    public static final String ID = "key_sandbox";

    private static final String PREFIX = "sk-sandbox-";
    private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9A-Za-z]{32}");

    /** Returns the key in a data directory, for this group. If there is none, creates it. */
    public static SandboxKey of(Path dataDir, Group group) throws IOException {
        String value = SecretFile.readOrCreate(dataDir.resolve("sandbox.key"),
                () -> PREFIX + KeySecret.randomAlphanumeric(new SecureRandom(), 32));
        if (!FORM.matcher(value).matches()) {
            throw new IOException(
                    dataDir.resolve("sandbox.key") + " does not hold a sandbox key; delete it to get a new one");
        }
        return new SandboxKey(value, group);
    }

    /** Returns the principal. The key is not in the database, so it works while the database is unavailable. */
    ApiPrincipal principal() {
        return new ApiPrincipal(
                new ApiKey(ID, ID, group.name(), "sandbox", PREFIX, AdmissionLimits.NONE, Instant.EPOCH, null, false,
                        null, null),
                group);
    }

    /** Omits the secret. */
    @Override
    public String toString() {
        return "SandboxKey[group=" + group.name() + "]";
    }
}
