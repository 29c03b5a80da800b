package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;

/**
 * The place within a JSON document that a scanner has reached. Decides by the path whether a string is an image: below the
 * members {@code image}, {@code images}, {@code mask} and {@code markup} of the document, directly, in arrays, or as {@code image_url} or
 * {@code url}. The same names elsewhere are text.
 */
final class JsonPlace {

    private static final Set<String> ROOTS = Set.of(FieldNames.IMAGE, FieldNames.IMAGES, FieldNames.MASK,
            FieldNames.MARKUP);
    private static final Set<String> URLS = Set.of("image_url", "url");

    private final JsonFactory json = new JsonFactory();
    private final KnownFields fields;
    private final BitSet objects = new BitSet();
    private final ByteArrayOutputStream keyBytes = new ByteArrayOutputStream(32);
    private int depth;
    private boolean keyIsNext;
    private String root = "";
    private String key = "";

    JsonPlace(KnownFields fields) {
        this.fields = fields;
    }

    /** Takes a byte outside of strings. */
    void structure(int value) {
        switch (value) {
            case ':' -> keyIsNext = false;
            case '{', '[' -> {
                objects.set(++depth, value == '{');
                keyIsNext = value == '{';
            }
            case '}', ']' -> depth = Math.max(0, depth - 1);
            case ',' -> keyIsNext = objects.get(depth);
            default -> {}
        }
    }

    /** Whether the next string is the name of a member. */
    boolean isKeyNext() {
        return keyIsNext;
    }

    /** Takes a byte of a name. */
    void key(int value) {
        keyBytes.write(value);
    }

    /** How long the name is so far, in bytes. */
    int keyBytes() {
        return keyBytes.size();
    }

    /** Ends a name; returns how to write it, one character for each byte, without quotes. */
    String endKey() {
        String written = keyBytes.toString(StandardCharsets.ISO_8859_1);
        keyBytes.reset();
        key = unescaped(written);
        if (depth != 1) {
            return written;
        }
        root = FieldNames.ofMember(key);
        boolean image = ROOTS.contains(root);
        key = root;
        return image ? root : written;
    }

    private String unescaped(String written) {
        if (written.indexOf('\\') < 0) {
            return written;
        }
        try (JsonParser parser = json.createParser('"' + written + '"')) {
            String text = parser.nextTextValue();
            return text == null ? written : text;
        } catch (IOException e) {
            return written;
        }
    }

    /** Whether a string value at this place is an image. */
    boolean isImage() {
        return depth > 0 && ROOTS.contains(root) && (key.equals(root) || URLS.contains(key));
    }

    /** Whether the whole of a text at this place is kept. */
    boolean isWhole() {
        return depth <= 1 ? fields.isWhole(root) : fields.othersAreForwarded() && !ROOTS.contains(root);
    }
}
