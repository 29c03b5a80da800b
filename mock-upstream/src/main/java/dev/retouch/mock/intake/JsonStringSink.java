package dev.retouch.mock.intake;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Receives a JSON string in slices. A base64 {@code data:} URL is decoded into a file, so that an image never becomes a Java
 * String; other strings are collected as text.
 */
final class JsonStringSink extends Writer {

    private static final String MARK = "data:";
    /** How images begin in base64: the signatures of png, jpeg and webp. */
    private static final Map<String, String> SIGNATURES = Map.of("iVBORw0KGgo", "image/png", "/9j/", "image/jpeg",
            "UklGR",
            "image/webp");
    private static final int LONGEST_SIGNATURE = 11;
    private static final int PIECE = 8192; // a multiple of four: base64 decodes in groups of four characters

    private final TempDirectory workspace;
    private final boolean bareImages;
    private final StringBuilder text = new StringBuilder();
    private final char[] pending = new char[PIECE];
    private int pendingLength;
    private long length;
    private String mediaType = "";
    private @Nullable OutputStream content;
    private @Nullable Path file;
    private @Nullable MessageDigest digest;
    private boolean valid = true;

    /**
     * Receives one string.
     *
     * @param bareImages whether base64 that begins as an image is decoded, too, without {@code data:} before it
     */
    JsonStringSink(TempDirectory workspace, boolean bareImages) {
        this.workspace = workspace;
        this.bareImages = bareImages;
    }

    @Override
    public void write(char[] characters, int offset, int count) throws IOException {
        length += count;
        int at = offset;
        int end = offset + count;
        while (at < end && content == null) {
            char c = characters[at++];
            text.append(c);
            if (c == ',' && text.indexOf(MARK) == 0 && text.indexOf(";base64,") > 0) {
                startContent(text.substring(MARK.length(), text.indexOf(";base64,")));
            } else if (bareImages && text.length() <= LONGEST_SIGNATURE) {
                startImage(SIGNATURES.get(text.toString()));
            }
        }
        for (; at < end; at++) {
            if (pendingLength == PIECE) {
                decode(false); // only now is it known that more follows
            }
            pending[pendingLength++] = characters[at];
        }
    }

    private void startImage(@Nullable String type) throws IOException {
        if (type != null) {
            startContent(type);
            text.getChars(0, text.length(), pending, 0);
            pendingLength = text.length();
        }
    }

    private void startContent(String type) throws IOException {
        mediaType = type;
        Path target = workspace.newFile();
        MessageDigest sha256 = StoredBytes.sha256Digest();
        file = target;
        digest = sha256;
        content = new DigestOutputStream(Files.newOutputStream(target), sha256);
    }

    private void decode(boolean last) throws IOException {
        OutputStream out = content;
        if (!valid || out == null || pendingLength == 0) {
            return;
        }
        byte[] ascii = new String(pending, 0, pendingLength).getBytes(StandardCharsets.ISO_8859_1);
        try {
            // padding in the middle decodes happily piece by piece, although the whole is not base64
            valid = last || ascii[ascii.length - 1] != '=';
            out.write(Base64.getDecoder().decode(ascii));
        } catch (IllegalArgumentException _) {
            valid = false;
        }
        pendingLength = 0;
    }

    @Override
    public void flush() {
        // nothing to do: the pieces are complete only when the string is
    }

    @Override
    public void close() {
        try {
            decode(true);
            if (content != null) {
                content.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** After {@link #close}: the text, unless it was a data URL. */
    Optional<DataUrl> dataUrl() throws IOException {
        Path target = file;
        MessageDigest sha256 = digest;
        if (target == null || sha256 == null) {
            return Optional.empty();
        }
        if (!valid) {
            return Optional.of(new DataUrl(mediaType, length, Optional.empty()));
        }
        String hex = HexFormat.of().formatHex(sha256.digest());
        return Optional
                .of(new DataUrl(mediaType, length, Optional.of(new StoredBytes(target, Files.size(target), hex))));
    }

    String text() {
        return text.toString();
    }
}
