package dev.retouch.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.client.model.ImageBackground;
import dev.retouch.client.model.ImageComplexity;
import dev.retouch.client.model.ImageEditJson;
import dev.retouch.client.model.ImageOutputFormat;
import dev.retouch.client.model.ImageQuality;
import dev.retouch.client.model.ImageReference;
import dev.retouch.client.model.ImageResponseFormat;
import dev.retouch.client.model.InputFidelity;
import dev.retouch.client.model.MaskMode;
import dev.retouch.client.model.ModerationLevel;
import dev.retouch.client.model.SvgSettings;

/**
 * The images and parameters of an edit. Immutable: every method returns a changed copy, so an edit can be the template of others.
 * Only given parameters are sent; the gateway has the defaults of each model.
 */
public final class ImageEdit {

    private final List<Path> files;
    private final @Nullable Path maskFile;
    private final @Nullable Path markupFile;
    /** All fields that are not files, by their names in the contract, in the order of the calls. */
    private final Map<String, Object> fields;
    private final @Nullable String idempotencyKey;

    private ImageEdit(List<Path> files, @Nullable Path maskFile, @Nullable Path markupFile,
            Map<String, Object> fields, @Nullable String idempotencyKey) {
        this.idempotencyKey = idempotencyKey;
        this.files = List.copyOf(files);
        this.maskFile = maskFile;
        this.markupFile = markupFile;
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** Creates an edit of image files: png, jpeg or webp. The files are read while they are sent. */
    public static ImageEdit of(Path image, Path... more) {
        List<Path> files = new ArrayList<>(List.of(image));
        files.addAll(Arrays.asList(more));
        return of(files);
    }

    /** Creates an edit of image files: png, jpeg or webp. The files are read while they are sent. */
    public static ImageEdit of(List<Path> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("An edit needs at least one image");
        }
        return new ImageEdit(images, null, null, Map.of(), null);
    }

    /** Creates an edit of images by URL: http or https URLs, which the gateway downloads, or {@code data:} URLs with base64. */
    public static ImageEdit ofUrls(String imageUrl, String... more) {
        List<ImageReference> images = new ArrayList<>(List.of(new ImageReference().imageUrl(imageUrl)));
        Arrays.stream(more).map(url -> new ImageReference().imageUrl(url)).forEach(images::add);
        return new ImageEdit(List.of(), null, null, Map.of(ImageEditJson.JSON_PROPERTY_IMAGES, images), null);
    }

    /** Sets the mask: a png with the size of the first image. Only its fully transparent area may change. */
    public ImageEdit mask(Path file) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("Images by URL need a mask by URL: use maskUrl");
        }
        return new ImageEdit(files, file, markupFile, fields, idempotencyKey);
    }

    /** Sets the mask of images by URL. */
    public ImageEdit maskUrl(String url) {
        if (!files.isEmpty()) {
            throw new IllegalArgumentException("Image files need a mask file: use mask");
        }
        return parameter(ImageEditJson.JSON_PROPERTY_MASK, new ImageReference().imageUrl(url));
    }

    /** A png as large as the first image that contains only marks, which the prompt explains. Not together with a mask. */
    public ImageEdit markup(Path file) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("Images by URL take their markup by URL: use markupUrl");
        }
        return new ImageEdit(files, maskFile, file, fields, idempotencyKey);
    }

    /** The markup of images given by URL. */
    public ImageEdit markupUrl(String url) {
        if (!files.isEmpty()) {
            throw new IllegalArgumentException("Image files take a file as their markup: use markup");
        }
        return parameter(ImageEditJson.JSON_PROPERTY_MARKUP, new ImageReference().imageUrl(url));
    }

    /** Sets the description of the edit, in any language. */
    public ImageEdit prompt(String prompt) {
        return parameter(ImageEditJson.JSON_PROPERTY_PROMPT, prompt);
    }

    public ImageEdit model(String id) {
        return parameter(ImageEditJson.JSON_PROPERTY_MODEL, id);
    }

    /** Sets the number of edited images. */
    public ImageEdit n(int count) {
        return parameter(ImageEditJson.JSON_PROPERTY_N, count);
    }

    /** Sets the size of the result, such as {@code 1024x1024} or {@code auto}. */
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

    /** Sets the compression level in percent, for jpeg and webp; 100 keeps the highest quality. */
    public ImageEdit outputCompression(int percent) {
        return parameter(ImageEditJson.JSON_PROPERTY_OUTPUT_COMPRESSION, percent);
    }

    /** How much the model plans before it renders. */
    public ImageEdit complexity(ImageComplexity complexity) {
        return parameter(ImageEditJson.JSON_PROPERTY_COMPLEXITY, complexity);
    }

    /** How many frames a gif has. */
    public ImageEdit frameCount(int frames) {
        return parameter(ImageEditJson.JSON_PROPERTY_FRAME_COUNT, frames);
    }

    /** How long each frame of a gif is shown. */
    public ImageEdit frameDuration(Duration duration) {
        return parameter(ImageEditJson.JSON_PROPERTY_FRAME_DURATION_MS, Math.toIntExact(duration.toMillis()));
    }

    /** The text model that writes an svg, and how much it reasons. */
    public ImageEdit svg(SvgSettings settings) {
        return parameter(ImageEditJson.JSON_PROPERTY_SVG, settings);
    }

    public ImageEdit inputFidelity(InputFidelity fidelity) {
        return parameter(ImageEditJson.JSON_PROPERTY_INPUT_FIDELITY, fidelity);
    }

    public ImageEdit moderation(ModerationLevel level) {
        return parameter(ImageEditJson.JSON_PROPERTY_MODERATION, level);
    }

    /** Sets how the mask is applied. With {@code STRICT} the gateway restores the pixels outside. */
    public ImageEdit maskMode(MaskMode mode) {
        return parameter(ImageEditJson.JSON_PROPERTY_MASK_MODE, mode);
    }

    /** Sets whether the response has the images in base64 or signed URLs. */
    public ImageEdit responseFormat(ImageResponseFormat format) {
        return parameter(ImageEditJson.JSON_PROPERTY_RESPONSE_FORMAT, format);
    }

    /** Sets the number of partial images in the stream before the final image. */
    public ImageEdit partialImages(int count) {
        return parameter(ImageEditJson.JSON_PROPERTY_PARTIAL_IMAGES, count);
    }

    /** Sets your id of the end user. */
    public ImageEdit user(String user) {
        return parameter(ImageEditJson.JSON_PROPERTY_USER, user);
    }

    /**
     * Sets the idempotency key, such as a random UUID. If the edit is sent again with it, also after a lost connection, it runs once
     * and is charged once.
     */
    public ImageEdit idempotencyKey(String key) {
        return new ImageEdit(files, maskFile, markupFile, fields, key);
    }

    /** Sets a parameter by its name, for parameters that this version of the client does not know. */
    public ImageEdit parameter(String name, Object value) {
        if (name.equals(ImageEditJson.JSON_PROPERTY_STREAM)) {
            throw new IllegalArgumentException("Use editStreaming instead of the parameter stream");
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

    Optional<Path> markupFile() {
        return Optional.ofNullable(markupFile);
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
        return new ImageEdit(files, maskFile, markupFile, more, idempotencyKey);
    }
}
