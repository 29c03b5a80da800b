package dev.retouch.server.key;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.regex.Pattern;

import dev.retouch.server.policy.RoomLimits;
import dev.retouch.server.secret.SecretFile;

/**
 * The one key that works with nothing configured. Made at the first start and kept in the data directory, so that it
 * stays the same over restarts. It opens the sandbox only, which costs nothing, and only over loopback.
 *
 * @param value the key itself
 * @param group the group it belongs to
 */
public record SandboxKey(String value, Group group) {

    /** The id under which its edits are counted. */
    public static final String ID = "key_sandbox";

    private static final String PREFIX = "sk-sandbox-";
    private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9A-Za-z]{32}");

    /** The key of a data directory, made now if there is none. */
    public static SandboxKey of(Path dataDir, boolean answersBoth) throws IOException {
        String value = SecretFile.readOrCreate(dataDir.resolve("sandbox.key"),
                () -> PREFIX + KeySecret.letters(new SecureRandom(), 32));
        if (!FORM.matcher(value).matches()) {
            throw new IOException(
                    dataDir.resolve("sandbox.key") + " does not hold a sandbox key; delete it to get a new one");
        }
        return new SandboxKey(value, Group.sandbox(answersBoth));
    }

    /** Who asks with it. There is no such key in the database, so that it works while the database is away. */
    Caller caller() {
        return new Caller(
                new ApiKey(ID, ID, group.name(), "sandbox", PREFIX, RoomLimits.NONE, Instant.EPOCH, null, false,
                        null, null),
                group);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "SandboxKey[group=" + group.name() + "]";
    }
}
