package dev.retouch.mock.edit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

import dev.retouch.mock.edit.EditRequest.Animation;
import dev.retouch.mock.edit.EditRequest.Background;
import dev.retouch.mock.edit.EditRequest.Input;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.intake.TempDirectory;
import dev.retouch.mock.picture.EditArea;
import dev.retouch.mock.picture.GifWriter;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.picture.Mosaic;
import dev.retouch.mock.picture.Painter;
import dev.retouch.mock.picture.Picture;
import dev.retouch.mock.picture.PictureReader;
import dev.retouch.mock.picture.PictureWriter;
import dev.retouch.mock.picture.SvgWriter;
import dev.retouch.mock.picture.UnreadableImageException;

/** Renders the images of an edit into files of the request's folder. Runs in the {@link RenderPool}. */
final class Rendering {

    /**
     * One finished image and the partial images before it, coarsest first.
     *
     * @param characters how long a vector image is; 0 for any other
     */
    record Rendered(Path file, boolean transparent, List<Path> partials, int characters) {
        Rendered {
            partials = List.copyOf(partials);
        }
    }

    private final EditRequest edit;
    private final TempDirectory workspace;
    private final Picture original;
    private final EditArea area;
    private final List<Picture> thumbnails;

    private Rendering(EditRequest edit, TempDirectory workspace, boolean everywhere) throws IOException {
        this.edit = edit;
        this.workspace = workspace;
        this.original = readOriginal();
        this.area = everywhere ? EditArea.everything(edit.size().width(), edit.size().height()) : area();
        this.thumbnails = readThumbnails();
    }

    /**
     * Renders the images with these indexes. Inputs are decoded once for all of them, in sequence.
     *
     * @param everywhere whether the whole image is painted over, whatever the mask says
     */
    static List<Rendered> of(EditRequest edit, TempDirectory workspace, boolean everywhere, int from, int to)
            throws IOException {
        Rendering rendering = new Rendering(edit, workspace, everywhere);
        List<Rendered> rendered = new ArrayList<>();
        for (int index = from; index < to; index++) {
            rendered.add(rendering.image(index));
        }
        return rendered;
    }

    private Rendered image(int index) throws IOException {
        if (edit.output().animation().isPresent()) {
            return animation(index, edit.output().animation().get());
        }
        Picture finished = painted(index, 0);
        if (edit.output().format() == ImageFormat.SVG) {
            Path file = workspace.newFile();
            int characters = SvgWriter.write(finished, edit.prompt(), file);
            return new Rendered(file, finished.translucent(), List.of(), characters);
        }
        List<Path> partials = new ArrayList<>();
        int partialImages = edit.delivery().stream() ? edit.delivery().partialImages() : 0;
        for (int partial = 0; partial < partialImages; partial++) {
            partials.add(write(Mosaic.of(finished, area, partial)));
        }
        boolean transparent = edit.output().format().hasAlpha() && finished.translucent();
        return new Rendered(write(finished), transparent, partials, 0);
    }

    private Rendered animation(int index, Animation animation) throws IOException {
        Path file = workspace.newFile();
        try (GifWriter gif = new GifWriter(file, animation.frameMilliseconds())) {
            for (int frame = 0; frame < animation.frames(); frame++) {
                gif.add(painted(index, (float) frame / animation.frames()));
            }
        }
        return new Rendered(file, false, List.of(), 0);
    }

    private Picture painted(int index, float turn) throws IOException {
        boolean cutOut = edit.background() == Background.TRANSPARENT;
        Picture painted = new Painter(original, area).paint(new Painter.Task(seed(), index, edit.prompt(), thumbnails,
                edit.complexity().lights(), turn, cutOut));
        return edit.background() == Background.OPAQUE ? painted.onWhite() : painted;
    }

    private Path write(Picture picture) throws IOException {
        Path file = workspace.newFile();
        PictureWriter.write(picture, edit.output().format(), edit.output().compression(), file);
        return file;
    }

    private Picture readOriginal() throws IOException {
        Input first = edit.first();
        try {
            return PictureReader.read(first.bytes().file(), first.facts(), edit.size().width(), edit.size().height());
        } catch (UnreadableImageException e) {
            throw ProviderErrors.invalidImage(first.parameter(), String.valueOf(e.getMessage()));
        }
    }

    private EditArea area() throws IOException {
        if (edit.guides().markup().isPresent()) {
            Input markup = edit.guides().markup().get();
            try {
                return EditArea.aroundMarks(PictureReader.read(markup.bytes().file(), markup.facts(),
                        edit.size().width(), edit.size().height()));
            } catch (UnreadableImageException e) {
                throw ProviderErrors.invalidImage(markup.parameter(), String.valueOf(e.getMessage()));
            }
        }
        if (edit.guides().mask().isPresent()) {
            Input mask = edit.guides().mask().get();
            try {
                return EditArea.whereTransparent(PictureReader.readUnmixed(mask.bytes().file(), mask.facts(),
                        edit.size().width(), edit.size().height()));
            } catch (UnreadableImageException e) {
                throw ProviderErrors.invalidMask(String.valueOf(e.getMessage()));
            }
        }
        if (!edit.model().family().transparencyIsMask()) {
            return EditArea.everything(edit.size().width(), edit.size().height());
        }
        return ownTransparency(edit.first());
    }

    private EditArea ownTransparency(Input image) throws IOException {
        if (!image.facts().alpha()) {
            throw ProviderErrors.invalidImage(image.parameter(),
                    "Invalid input image - format must be in ['RGBA', 'LA', 'L'], got RGB.");
        }
        EditArea area = EditArea.whereTransparent(PictureReader.readUnmixed(image.bytes().file(), image.facts(),
                edit.size().width(), edit.size().height()));
        if (area.isEmpty()) {
            throw ProviderErrors.invalidImage(image.parameter(),
                    "Invalid input image - there is no mask, and the image has "
                            + "no transparent area that could be edited.");
        }
        return area;
    }

    private List<Picture> readThumbnails() throws IOException {
        List<Picture> pictures = new ArrayList<>();
        int edge = Painter.thumbnailEdge(area);
        for (Input image : edit.images().subList(1, edit.images().size())) {
            try {
                pictures.add(PictureReader.read(image.bytes().file(), image.facts(), edge, edge));
            } catch (UnreadableImageException e) {
                throw ProviderErrors.invalidImage(image.parameter(), String.valueOf(e.getMessage()));
            }
        }
        return pictures;
    }

    /** Returns the same seed for the same images and prompt, regardless of other parameters. */
    private long seed() {
        MessageDigest digest = StoredBytes.sha256Digest();
        for (Input image : edit.images()) {
            digest.update(image.bytes().sha256().getBytes(StandardCharsets.US_ASCII));
        }
        byte[] hash = digest.digest(edit.prompt().getBytes(StandardCharsets.UTF_8));
        long seed = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            seed = (seed << 8) | (hash[i] & 0xFF);
        }
        return seed;
    }
}
