package dev.retouch.server.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditInputs.AtHand;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

import static org.assertj.core.api.Assertions.assertThat;

class ImageValidatorTest {

    private static final int MB = 1024 * 1024;
    private static final byte[] PNG = Pictures.png(64, 64);

    private final Spool spool;
    private final ImageValidator preflight = new ImageValidator();
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    ImageValidatorTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 64 * 1024);
    }

    private Upload upload(String param, byte[] bytes) throws IOException {
        Spool.Writer writer = spool.newWriter();
        writer.write(bytes);
        return new Upload(param, writer.finish());
    }

    private AtHand check(String model, byte @Nullable [] mask, byte[]... images) throws IOException {
        ModelEntry entry = ModelRegistry.shipped().find(model).orElseThrow();
        List<Upload> uploads = new ArrayList<>();
        for (byte[] image : images) {
            uploads.add(upload(images.length == 1 ? "image" : "image[" + uploads.size() + "]", image));
        }
        return preflight.check(new EditRequest(Optional.empty(), Optional.empty(), uploads,
                mask == null ? Optional.empty() : Optional.of(upload("mask", mask)), Map.of(), Map.of()), entry,
                "key_a");
    }

    /** The same picture in a larger file: bytes after the last chunk have no meaning. */
    private static byte[] padded(byte[] image, int size) {
        return Arrays.copyOf(image, size);
    }

    @Test
    void imagesPassInTheirOrderWithTheirFormat() throws IOException {
        AtHand checked = check("gpt-image-2", Pictures.transparentPng(64, 64), PNG, Pictures.jpeg(30, 20),
                Pictures.lossyWebp(20, 30));

        assertThat(checked.images()).extracting(ImagePart::format).containsExactly(ImageFormat.PNG, ImageFormat.JPEG,
                ImageFormat.WEBP);
        assertThat(checked.images().getFirst().bytes().open()).hasBinaryContent(PNG);
        assertThat(checked.mask().orElseThrow().format()).isEqualTo(ImageFormat.PNG);
    }

    @Test
    void sixteenImagesAreTheMost() throws IOException {
        byte[][] sixteen = Collections.nCopies(16, PNG).toArray(byte[][]::new);
        byte[][] seventeen = Collections.nCopies(17, PNG).toArray(byte[][]::new);

        assertThat(check("gpt-image-1", null, sixteen).images()).hasSize(16);
        Failures.assertRefused(() -> check("gpt-image-1", null, seventeen), ErrorMessage.ARRAY_IS_TOO_LONG, "image",
                "Invalid 'image': array too long. Expected an array with maximum length 16, but got an array with"
                        + " length 17 instead.");
        Failures.assertRefused(() -> check("dall-e-2", null, PNG, PNG), ErrorMessage.ARRAY_IS_TOO_LONG, "image",
                "Invalid 'image': array too long. Expected an array with maximum length 1, but got an array with"
                        + " length 2 instead.");
    }

    /** The rows of a mask deflate to a thousandth, so a small file can be much work. */
    @Test
    void aMaskThatIsMuchWorkIsRefusedBeforeItIsRead() throws IOException {
        byte[] mask = Pictures.transparentPng(64, 64);
        ByteBuffer.wrap(mask).putInt(16, 9000).putInt(20, 9000);
        byte[] image = Pictures.png(64, 64);
        ByteBuffer.wrap(image).putInt(16, 9000).putInt(20, 9000);
        assertThat(Failures.text(Failures.of(() -> check("gpt-image-1", mask, image))))
                .contains("too large for a mask");
    }

    /** A scan would keep a carrier of virtual threads from all other requests. */
    @Test
    void masksAreScannedOnPlatformThreads() throws IOException {
        check("gpt-image-1", Pictures.transparentPng(64, 64), Pictures.png(64, 64));
        assertThat(Thread.getAllStackTraces().keySet()).anyMatch(thread -> thread.getName().startsWith("image-scan-"));
    }

    /** Fill bytes are legal in any number, and so are empty chunks: a header may be as long as the file. */
    @Test
    void longHeadersAreReadOnPlatformThreads() throws IOException {
        byte[] jpeg = Pictures.jpeg(40, 30);
        byte[] filled = new byte[jpeg.length + 4 * MB];
        Arrays.fill(filled, (byte) 0xff);
        System.arraycopy(jpeg, 0, filled, 0, 2);
        System.arraycopy(jpeg, 2, filled, filled.length - jpeg.length + 2, jpeg.length - 2);
        assertThat(scanThreads()).isEmpty();
        check("gpt-image-1", null, Pictures.jpeg(40, 30), PNG, Pictures.lossyWebp(30, 30));
        assertThat(scanThreads()).as("threads after short headers").isEmpty();

        assertThat(check("gpt-image-1", null, filled).dimensions()).containsExactly(new Dimensions(40, 30));
        assertThat(scanThreads()).isNotEmpty();
    }

    private List<String> scanThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> !before.contains(thread))
                .map(Thread::getName).filter(name -> name.startsWith("image-scan-")).toList();
    }

    /** Half of an upload is an image to many decoders, and would be edited and paid. */
    @Test
    void aFileThatIsCutOffIsRefused() throws IOException {
        byte[] jpeg = Pictures.jpeg(200, 200);
        byte[] progressive = Pictures.progressiveJpeg(200, 200);
        byte[] webp = Pictures.lossyWebp(200, 200);
        byte[] noise = Pictures.noisyPng(64, 64);
        assertThat(check("gpt-image-1", null, Arrays.copyOf(jpeg, jpeg.length - 2)).images()).hasSize(1);
        assertThat(check("gpt-image-1", null, Arrays.copyOf(progressive, progressive.length - 2)).images()).hasSize(1);
        assertThat(check("gpt-image-1", null, Arrays.copyOf(noise, noise.length - 12)).images()).hasSize(1);
        assertThat(check("gpt-image-1", null, padded(jpeg, 3 * jpeg.length), padded(noise, 2 * noise.length),
                padded(webp, 2 * webp.length)).images()).hasSize(3);
        cut(jpeg, "jpeg");
        cut(progressive, "jpeg");
        cut(webp, "webp");
        cut(noise, "png");
        byte[] mask = Pictures.noisyTransparentPng(64, 64);
        assertThat(check("gpt-image-1", mask, PNG).mask()).isPresent();
        mask(Arrays.copyOf(mask, mask.length * 2 / 3), "it is a png whose pixels are cut off or damaged");
    }

    private void cut(byte[] image, String format) {
        Failures.assertRefused(() -> check("gpt-image-1", null, Arrays.copyOf(image, image.length * 2 / 3)),
                ErrorMessage.IMAGE_FILE_IS_INVALID, "image",
                "Invalid image file 'image': it is a " + format + " whose pixels are cut off or damaged.");
    }

    /** A JSON document has them under another name. */
    @Test
    void tooManyImagesAreCountedUnderTheirOwnName() throws IOException {
        List<Upload> uploads = List.of(upload("images[0]", PNG), upload("images[1]", PNG));
        EditRequest request = new EditRequest(Optional.empty(), Optional.empty(), uploads, Optional.empty(), Map.of(),
                Map.of());
        assertThat(Failures.of(() -> preflight.check(request,
                ModelRegistry.shipped().find("dall-e-2").orElseThrow(), "key_a"))
                .param()).hasValue("images");
    }

    @Test
    void filesMustBeSmallerThanTheLimit() throws IOException {
        byte[] square = Pictures.transparentPng(64, 64);
        assertThat(check("dall-e-2", null, padded(square, 4 * MB - 1)).images()).hasSize(1);
        Failures.assertRefused(() -> check("dall-e-2", null, padded(square, 4 * MB)),
                ErrorMessage.IMAGE_FILE_IS_TOO_LARGE,
                "image", "The image file 'image' is too large. Expected fewer than 4194304 bytes.");

        assertThat(check("gpt-image-1", null, padded(PNG, 50 * MB - 1)).images()).hasSize(1);
        Failures.assertRefused(() -> check("gpt-image-1", null, PNG, padded(PNG, 50 * MB)),
                ErrorMessage.IMAGE_FILE_IS_TOO_LARGE,
                "image[1]", "The image file 'image[1]' is too large. Expected fewer than 52428800 bytes.");
        Failures.assertRefused(() -> check("gpt-image-1", padded(square, 4 * MB), PNG),
                ErrorMessage.IMAGE_FILE_IS_TOO_LARGE,
                "mask", "The image file 'mask' is too large. Expected fewer than 4194304 bytes.");
    }

    @Test
    void refusesEmptyFile() {
        Failures.assertRefused(() -> check("gpt-image-1", null, PNG, new byte[0]), ErrorMessage.IMAGE_FILE_IS_EMPTY,
                "image[1]",
                "The image file 'image[1]' is empty.");
        Failures.assertRefused(() -> check("gpt-image-1", new byte[0], PNG), ErrorMessage.IMAGE_FILE_IS_EMPTY, "mask",
                "The image file 'mask' is empty.");
    }

    @Test
    void otherFilesAreCalledByTheirType() {
        Failures.assertRefused(() -> check("gpt-image-1", null, PNG, Pictures.gif(5, 5)),
                ErrorMessage.FILE_TYPE_IS_NOT_SUPPORTED, "image[1]",
                "Invalid file 'image[1]': unsupported mimetype ('image/gif'). Supported file formats are png, jpeg,"
                        + " webp.");
        Failures.assertRefused(() -> check("dall-e-2", null, Pictures.jpeg(64, 64)),
                ErrorMessage.FILE_TYPE_IS_NOT_SUPPORTED,
                "image", "Invalid file 'image': unsupported mimetype ('image/jpeg'). Supported file formats are png.");
    }

    @Test
    void refusesDamagedFileWithReason() {
        Failures.assertRefused(() -> check("gpt-image-1", null, Arrays.copyOf(PNG, 20)),
                ErrorMessage.IMAGE_FILE_IS_INVALID,
                "image", "Invalid image file 'image': it ends before its dimensions.");
    }

    @Test
    void dallE2WantsASquare() {
        Failures.assertRefused(() -> check("dall-e-2", null, Pictures.transparentPng(64, 32)),
                ErrorMessage.IMAGE_IS_NOT_SQUARE,
                "image", "Invalid image file 'image': expected a square image, but got 64x32.");
    }

    /** Without a mask its own transparency is the mask, so there must be some. */
    @Test
    void dallE2WithoutAMaskNeedsTransparency() throws IOException {
        assertThat(check("dall-e-2", null, Pictures.transparentPng(64, 64)).mask()).isEmpty();
        assertThat(check("dall-e-2", Pictures.transparentPng(64, 64), PNG).mask()).isPresent();
        Failures.assertRefused(() -> check("dall-e-2", null, PNG), ErrorMessage.MASK_IS_INVALID, "mask",
                "Invalid mask image: there is none, and the image has no fully transparent pixel, so nothing may"
                        + " change.");
    }

    @Test
    void aMaskMustFit() throws IOException {
        assertThat(check("gpt-image-1", Pictures.transparentPng(64, 64), PNG).mask()).isPresent();
        mask(Pictures.transparentPng(64, 63), "it is 64x63 pixels, but the first image is 64x64");
        mask(Pictures.png(64, 64), "it has no alpha channel, so nothing in it is transparent and nothing may change");
        mask(Pictures.transparentPalettePng(64, 64), "it has no fully transparent pixel, so nothing may change");
        mask(Pictures.jpeg(64, 64), "expected a png with an alpha channel, but got image/jpeg");
        mask(Pictures.transparentLossyWebp(64, 64), "expected a png with an alpha channel, but got image/webp");
        mask(Pictures.gif(64, 64), "expected a png with an alpha channel, but got image/gif");
        mask("no image at all".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                "expected a png with an alpha channel, but got text/plain");
        mask(Arrays.copyOf(Pictures.transparentPng(64, 64), 20), "it ends before its dimensions");
        mask(Arrays.copyOf(Pictures.transparentPng(64, 64), 45), "it is a png whose pixels are cut off or damaged");
    }

    private void mask(byte[] mask, String reason) {
        Failures.assertRefused(() -> check("gpt-image-1", mask, PNG), ErrorMessage.MASK_IS_INVALID, "mask",
                "Invalid mask image: " + reason + ".");
    }

    /** The mask belongs to the first image; the others may have any size. */
    @Test
    void onlyTheFirstImageCountsForTheMask() throws IOException {
        byte[] mask = Pictures.transparentPng(64, 64);
        assertThat(check("gpt-image-1", mask, PNG, Pictures.png(10, 10)).mask()).isPresent();
        Failures.assertRefused(() -> check("gpt-image-1", mask, Pictures.png(10, 10), PNG),
                ErrorMessage.MASK_IS_INVALID, "mask",
                "Invalid mask image: it is 64x64 pixels, but the first image is 10x10.");
    }
}
