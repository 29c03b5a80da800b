package dev.retouch.mock.edit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

import dev.retouch.mock.edit.EditRequest.Background;
import dev.retouch.mock.edit.EditRequest.Input;
import dev.retouch.mock.error.Refusals;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.intake.Workspace;
import dev.retouch.mock.picture.EditArea;
import dev.retouch.mock.picture.Mosaic;
import dev.retouch.mock.picture.Painter;
import dev.retouch.mock.picture.Picture;
import dev.retouch.mock.picture.PictureReader;
import dev.retouch.mock.picture.PictureWriter;
import dev.retouch.mock.picture.UnreadableImage;

/** Makes the pictures of one edit, into files of the request's folder. Runs in the {@link Studio}. */
final class Rendering {

    /** One finished image and the partial ones before it, coarsest first. */
    record Rendered(Path file, boolean transparent, List<Path> partials) {
        Rendered {
            partials = List.copyOf(partials);
        }
    }

    private final EditRequest edit;
    private final Workspace workspace;
    private final Picture original;
    private final EditArea area;
    private final List<Picture> thumbnails;

    private Rendering(EditRequest edit, Workspace workspace) throws IOException {
        this.edit = edit;
        this.workspace = workspace;
        this.original = readOriginal();
        this.area = area();
        this.thumbnails = readThumbnails();
    }

    /** The images with these indexes. Inputs are decoded once for all of them, and one at a time. */
    static List<Rendered> of(EditRequest edit, Workspace workspace, int from, int to) throws IOException {
        Rendering rendering = new Rendering(edit, workspace);
        List<Rendered> rendered = new ArrayList<>();
        for (int index = from; index < to; index++) {
            rendered.add(rendering.image(index));
        }
        return rendered;
    }

    private Rendered image(int index) throws IOException {
        boolean cutOut = edit.background() == Background.TRANSPARENT;
        Picture painted = new Painter(original, area)
                .paint(new Painter.Task(seed(), index, edit.prompt(), thumbnails, cutOut));
        Picture finished = edit.background() == Background.OPAQUE ? painted.onWhite() : painted;
        List<Path> partials = new ArrayList<>();
        int partialImages = edit.delivery().stream() ? edit.delivery().partialImages() : 0;
        for (int partial = 0; partial < partialImages; partial++) {
            partials.add(write(Mosaic.of(finished, area, partial)));
        }
        boolean transparent = edit.output().format().hasAlpha() && finished.translucent();
        return new Rendered(write(finished), transparent, partials);
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
        } catch (UnreadableImage e) {
            throw Refusals.invalidImage(first.parameter(), String.valueOf(e.getMessage()));
        }
    }

    private EditArea area() throws IOException {
        if (edit.mask().isPresent()) {
            Input mask = edit.mask().get();
            try {
                return EditArea.whereTransparent(PictureReader.readUnmixed(mask.bytes().file(), mask.facts(),
                        edit.size().width(), edit.size().height()));
            } catch (UnreadableImage e) {
                throw Refusals.invalidMask(String.valueOf(e.getMessage()));
            }
        }
        if (!edit.model().family().transparencyIsMask()) {
            return EditArea.everything(edit.size().width(), edit.size().height());
        }
        return ownTransparency(edit.first());
    }

    private EditArea ownTransparency(Input image) throws IOException {
        if (!image.facts().alpha()) {
            throw Refusals.invalidImage(image.parameter(),
                    "Invalid input image - format must be in ['RGBA', 'LA', 'L'], got RGB.");
        }
        EditArea area = EditArea.whereTransparent(PictureReader.readUnmixed(image.bytes().file(), image.facts(),
                edit.size().width(), edit.size().height()));
        if (area.isEmpty()) {
            throw Refusals.invalidImage(image.parameter(), "Invalid input image - there is no mask, and the image has "
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
            } catch (UnreadableImage e) {
                throw Refusals.invalidImage(image.parameter(), String.valueOf(e.getMessage()));
            }
        }
        return pictures;
    }

    /** The same for the same images and prompt, whatever else is asked for. */
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
