package dev.retouch.server.idempotency;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditRequest.Upload;

/**
 * A SHA-256 hash of the content of an edit request: equal for two requests if and only if they ask for the same edit.
 * It covers the parsed request, not the bytes of the body, because form boundaries differ with each request.
 */
public final class Fingerprint {

    private Fingerprint() {}

    /** The fingerprint of a synchronous edit. */
    static String of(EditRequest request) {
        return of(request, "now");
    }

    /** The fingerprint of an edit submitted as a task, which differs from that of a synchronous edit. */
    public static String ofTask(EditRequest request) {
        return of(request, "task");
    }

    private static String of(EditRequest request, String when) {
        MessageDigest digest = sha256();
        try (DataOutputStream out = new DataOutputStream(
                new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
            text(out, when);
            text(out, request.model().orElse(null));
            text(out, request.prompt().orElse(null));
            out.writeInt(request.images().size());
            for (Upload image : request.images()) {
                upload(out, image);
            }
            out.writeBoolean(request.mask().isPresent());
            if (request.mask().isPresent()) {
                upload(out, request.mask().get());
            }
            if (request.markup().isPresent()) {
                text(out, "markup");
                upload(out, request.markup().get());
            }
            texts(out, request.parameters());
            texts(out, request.unknown());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void upload(DataOutputStream out, Upload image) throws IOException {
        text(out, image.url());
        if (image.url() == null) {
            out.writeLong(image.bytes().size());
            try (InputStream in = image.bytes().open()) {
                in.transferTo(out);
            }
        }
    }

    /** Sorted, because the order of fields has no meaning. */
    private static void texts(DataOutputStream out, Map<String, String> texts) throws IOException {
        out.writeInt(texts.size());
        for (Map.Entry<String, String> entry : new TreeMap<>(texts).entrySet()) {
            text(out, entry.getKey());
            text(out, entry.getValue());
        }
    }

    /** With its length, so that two adjacent texts are unambiguous. */
    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text == null ? -1 : bytes.length);
        out.write(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
