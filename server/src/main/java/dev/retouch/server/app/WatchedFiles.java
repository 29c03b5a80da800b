package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/**
 * Notices changes of files. Compares contents, because a cluster changes mounted files by a link and keeps their time of modification. A
 * change counts only when two looks found the same content, so that a file that is being written is not read.
 */
final class WatchedFiles {

    private String known = "";
    private String pending = "";

    /** Takes the present contents as known. */
    void remember(Collection<Path> files) {
        known = digest(files);
        pending = known;
    }

    /** Whether the contents have changed since the last call of {@link #remember}, and are stable. */
    boolean haveChanged(Collection<Path> files) {
        String now = digest(files);
        boolean stable = now.equals(pending);
        pending = now;
        return stable && !now.equals(known);
    }

    private static String digest(Collection<Path> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            StringBuilder all = new StringBuilder();
            for (Path file : files) {
                all.append(file).append('=').append(content(file, digest)).append('\n');
            }
            return all.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }

    private static String content(Path file, MessageDigest digest) {
        try {
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
