package dev.retouch.client;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.client.model.ImageBackground;
import dev.retouch.client.model.ImageEditJson;
import dev.retouch.client.model.ImageOutputFormat;
import dev.retouch.client.model.ImageQuality;
import dev.retouch.client.model.ImageReference;
import dev.retouch.client.model.ImageResponseFormat;
import dev.retouch.client.model.InputFidelity;
import dev.retouch.client.model.ModerationLevel;

/**
 * What to edit, and how. Immutable: every method answers a changed copy, so that one edit can be the template of many.
 * Only what was set is sent; the gateway knows the defaults of each model.
 */
public final class ImageEdit {

    private final List<Path> files;
    private final @Nullable Path maskFile;
    /** Everything that is no file, under the contract's names, in the order in which it was set. */
    private final Map<String, Object> fields;
    private final @Nullable String idempotencyKey;

    private ImageEdit(List<Path> files, @Nullable Path maskFile, Map<String, Object> fields,
            @Nullable String idempotencyKey) {
        this.idempotencyKey = idempotencyKey;
        this.files = List.copyOf(files);
        this.maskFile = maskFile;
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** Edits image files: png, jpeg or webp. They are read while they are sent. */
    public static ImageEdit of(Path image, Path... more) {
        List<Path> files = new ArrayList<>(List.of(image));
        files.addAll(Arrays.asList(more));
        return of(files);
    }

    /** Edits image files: png, jpeg or webp. They are read while they are sent. */
    public static ImageEdit of(List<Path> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("An edit needs at least one image");
        }
        return new ImageEdit(images, null, Map.of(), null);
    }

    /** Edits images that the gateway fetches itself: http or https URLs, or {@code data:} URLs with base64. */
    public static ImageEdit ofUrls(String imageUrl, String... more) {
        List<ImageReference> images = new ArrayList<>(List.of(new ImageReference().imageUrl(imageUrl)));
        Arrays.stream(more).map(url -> new ImageReference().imageUrl(url)).forEach(images::add);
        return new ImageEdit(List.of(), null, Map.of(ImageEditJson.JSON_PROPERTY_IMAGES, images), null);
    }

    /** A png as large as the first image; only where it is fully transparent may the picture change. */
    public ImageEdit mask(Path file) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("Images by URL take their mask by URL: use maskUrl");
        }
        return new ImageEdit(files, file, fields, idempotencyKey);
    }

    /** The mask of images given by URL. */
    public ImageEdit maskUrl(String url) {
        if (!files.isEmpty()) {
            throw new IllegalArgumentException("Image files take a file as their mask: use mask");
        }
        return parameter(ImageEditJson.JSON_PROPERTY_MASK, new ImageReference().imageUrl(url));
    }

    /** What to change, in any language. */
    public ImageEdit prompt(String prompt) {
        return parameter(ImageEditJson.JSON_PROPERTY_PROMPT, prompt);
    }

    public ImageEdit model(String id) {
        return parameter(ImageEditJson.JSON_PROPERTY_MODEL, id);
    }

    /** How many edited images to make. */
    public ImageEdit n(int count) {
        return parameter(ImageEditJson.JSON_PROPERTY_N, count);
    }

    /** Such as {@code 1024x1024} or {@code auto}. */
    public ImageEdit size(String size) {
        return parameter(ImageEditJson.JSON_PROPERTY_SIZE, size);
    }

    public ImageEdit quality(ImageQuality quality) {
        return parameter(ImageEditJson.JSON_PROPERTY_QUALITY, quality);
    }

    public ImageEdit background(ImageBackground background) {
        return parameter(ImageEditJson.JSON_PROPERTY_BACKGROUND, background);
    }

    public ImageEdit outputFormat(ImageOutputFormat format) {
        return parameter(ImageEditJson.JSON_PROPERTY_OUTPUT_FORMAT, format);
    }

    /** How much quality to keep, in percent, for jpeg and webp. */
    public ImageEdit outputCompression(int percent) {
        return parameter(ImageEditJson.JSON_PROPERTY_OUTPUT_COMPRESSION, percent);
    }

    public ImageEdit inputFidelity(InputFidelity fidelity) {
        return parameter(ImageEditJson.JSON_PROPERTY_INPUT_FIDELITY, fidelity);
    }

    public ImageEdit moderation(ModerationLevel level) {
        return parameter(ImageEditJson.JSON_PROPERTY_MODERATION, level);
    }

    /** Whether the answer carries the images or links to them. */
    public ImageEdit responseFormat(ImageResponseFormat format) {
        return parameter(ImageEditJson.JSON_PROPERTY_RESPONSE_FORMAT, format);
    }

    /** How many previews to stream before each finished image. */
    public ImageEdit partialImages(int count) {
        return parameter(ImageEditJson.JSON_PROPERTY_PARTIAL_IMAGES, count);
    }

    /** Your own id of the person behind the edit. */
    public ImageEdit user(String user) {
        return parameter(ImageEditJson.JSON_PROPERTY_USER, user);
    }

    /**
     * A name for this edit, such as a random UUID: sent again under it, also after a broken connection, the edit runs once and is
     * charged once.
     */
    public ImageEdit idempotencyKey(String key) {
        return new ImageEdit(files, maskFile, fields, key);
    }

    /** A parameter by its name in the contract, for gateways and models that know more than this client. */
    public ImageEdit parameter(String name, Object value) {
        if (name.equals(ImageEditJson.JSON_PROPERTY_STREAM)) {
            throw new IllegalArgumentException("Whether to stream is said by the method that sends the edit");
        }
        return with(name, value);
    }

    ImageEdit streaming() {
        return with(ImageEditJson.JSON_PROPERTY_STREAM, true);
    }

    boolean isOfFiles() {
        return !files.isEmpty();
    }

    List<Path> files() {
        return files;
    }

    Optional<Path> maskFile() {
        return Optional.ofNullable(maskFile);
    }

    Optional<String> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    Map<String, Object> fields() {
        return fields;
    }

    int expectedImages() {
        return fields.get(ImageEditJson.JSON_PROPERTY_N) instanceof Integer count ? Math.max(1, count) : 1;
    }

    private ImageEdit with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new ImageEdit(files, maskFile, more, idempotencyKey);
    }
}
