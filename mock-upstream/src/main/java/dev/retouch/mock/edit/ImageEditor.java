package dev.retouch.mock.edit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import dev.retouch.mock.edit.EditRequest.Background;
import dev.retouch.mock.edit.EditRequest.Complexity;
import dev.retouch.mock.edit.EditRequest.Delivery;
import dev.retouch.mock.edit.EditRequest.Guides;
import dev.retouch.mock.edit.EditRequest.Input;
import dev.retouch.mock.edit.EditRequest.Output;
import dev.retouch.mock.edit.Rendering.Rendered;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.intake.TempDirectory;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFacts;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.picture.ImageProbe;
import dev.retouch.mock.picture.Picture;
import dev.retouch.mock.picture.PictureReader;
import dev.retouch.mock.picture.PictureWriter;
import dev.retouch.mock.picture.UnreadableImageException;

/** Renders edits that arrived in another form than OpenAI's. Two results of the same edit differ, as those of a provider do. */
public final class ImageEditor {

    private static final List<String> READABLE = List.of("png", "jpeg", "webp");
    private static final int BEST_COMPRESSION = 100;
    private static final int VARIANTS = 100;

    private final Models models;
    private final RenderPool studio;
    private final AtomicInteger next = new AtomicInteger();

    public ImageEditor(Models models, RenderPool studio) {
        this.models = models;
        this.studio = studio;
    }

    /**
     * An edit.
     *
     * @param parameter the name of the images in error messages
     * @param images the input images
     * @param whiteMask a mask, whose white pixels may change
     * @param everywhere whether the whole image is painted over, whatever the mask says
     */
    public record Task(String parameter, String prompt, List<StoredBytes> images, Optional<StoredBytes> whiteMask,
            Size size, ImageFormat format, boolean everywhere) {
        public Task {
            images = List.copyOf(images);
        }
    }

    /** What the header of an image says. Refuses a file that is not a png, jpeg or webp image. */
    public ImageFacts facts(StoredBytes image, String parameter) throws IOException {
        Optional<ImageFormat> format = ImageProbe.format(image.file());
        if (format.isEmpty() || !READABLE.contains(format.get().wireName())) {
            throw ProviderErrors.unsupportedImage(parameter, "application/octet-stream", READABLE);
        }
        try {
            return ImageProbe.facts(image.file(), format.get());
        } catch (UnreadableImageException e) {
            throw ProviderErrors.invalidImage(parameter, String.valueOf(e.getMessage()));
        }
    }

    /** The files of so many different results, in the workspace. */
    public List<Path> edit(Task task, int count, TempDirectory workspace) throws IOException {
        List<Input> inputs = new ArrayList<>();
        for (StoredBytes image : task.images()) {
            inputs.add(new Input(task.parameter(), image, facts(image, task.parameter())));
        }
        int from = next.getAndUpdate(index -> (index + count) % VARIANTS);
        return studio.paint(() -> {
            EditRequest edit = request(task, inputs, mask(task, inputs.getFirst().facts(), workspace));
            return Rendering.of(edit, workspace, task.everywhere(), from, from + count).stream().map(Rendered::file)
                    .toList();
        });
    }

    private EditRequest request(Task task, List<Input> inputs, Optional<Input> mask) {
        Output output = new Output(task.format(), BEST_COMPRESSION, Optional.empty(), Optional.empty());
        return new EditRequest(models.standard(), task.prompt(), inputs, new Guides(mask, Optional.empty()), 1,
                task.size(), "high", Complexity.HIGH, Background.AUTO, output, false, new Delivery(false, 0, false));
    }

    /** The mask in OpenAI's form, in which transparent pixels may change. */
    private Optional<Input> mask(Task task, ImageFacts first, TempDirectory workspace) throws IOException {
        if (task.whiteMask().isEmpty()) {
            return Optional.empty();
        }
        StoredBytes white = task.whiteMask().get();
        ImageFacts facts = facts(white, "mask");
        if (facts.width() != first.width() || facts.height() != first.height()) {
            throw ProviderErrors.invalidMask("mask size does not match image size");
        }
        Picture picture = PictureReader.readUnmixed(white.file(), facts, facts.width(), facts.height());
        Path file = workspace.newFile();
        PictureWriter.write(picture.whiteAsTransparent(), ImageFormat.PNG, BEST_COMPRESSION, file);
        return Optional.of(new Input("mask", StoredBytes.measure(file), ImageProbe.facts(file, ImageFormat.PNG)));
    }
}
