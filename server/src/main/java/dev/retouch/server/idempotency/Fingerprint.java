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
 * What an edit asks for, in 64 letters: equal for two requests exactly where they ask for the same. Taken of what was understood,
 * not of the bytes that came, because a form looks different each time that it is sent.
 */
public final class Fingerprint {

    private Fingerprint() {}

    /** The fingerprint of an edit that is answered when it is done. */
    static String of(EditRequest request) {
        return of(request, "now");
    }

    /** The fingerprint of an edit that becomes a task, which is another thing to ask for. */
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

    /** Fields have no order. */
    private static void texts(DataOutputStream out, Map<String, String> texts) throws IOException {
        out.writeInt(texts.size());
        for (Map.Entry<String, String> entry : new TreeMap<>(texts).entrySet()) {
            text(out, entry.getKey());
            text(out, entry.getValue());
        }
    }

    /** With its length, so that no two texts together look like two others. */
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
