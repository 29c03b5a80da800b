package dev.retouch.server.image.pixels;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.image.pixels.StrictMask.Restored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Over a corpus of generated pictures, and with a provider that repaints everything, nothing outside a mask differs. */
@Tag("slow")
class StrictMaskTest {

    private static final int EDGE = 8;
    private static final int[][] SIZES = {{1, 1}, {7, 5}, {64, 64}, {161, 97}};
    private static final List<String> FIGURES = new ArrayList<>();

    @TempDir
    Path folder = Path.of("");

    /** A format that the provider returns. */
    private record Output(String format, boolean lossless) {

        String name() {
            return format + (format.equals("webp") ? lossless ? " (lossless)" : " (lossy)" : "");
        }
    }

    private static final List<Output> OUTPUTS = List.of(new Output("png", true), new Output("jpeg", false),
            new Output("webp", true), new Output("webp", false));

    @AfterAll
    static void writeFigures() throws IOException {
        List<String> lines = new ArrayList<>(
                List.of(String.format(Locale.ROOT, "%-14s %-12s %-16s %9s %9s %9s %6s %8s", "original",
                        "mask", "returned as", "pixels", "kept", "differing", "levels", "changed")));
        lines.addAll(FIGURES.stream().sorted().toList());
        Files.write(Path.of("target", "strict-masks.txt"), lines);
    }

    @ParameterizedTest
    @EnumSource
    void restoresEveryKeptPixel(Picture.Kind kind) throws IOException, InvalidImageException {
        for (int[] size : SIZES) {
            Picture original = Picture.of(kind, size[0], size[1], 1, folder);
            for (Mask.Shape shape : Mask.Shape.values()) {
                Mask mask = Mask.of(shape, size[0], size[1], folder);
                for (Output output : OUTPUTS) {
                    check(kind, shape, original, mask, output, size[0], size[1]);
                }
                check(kind, shape, original, mask, OUTPUTS.getFirst(), size[0] * 2 + 3, size[1] + 40);
            }
        }
    }

    private void check(Picture.Kind kind, Mask.Shape shape, Picture original, Mask mask, Output output, int width,
            int height) throws IOException, InvalidImageException {
        Picture edited = Picture.repainted(output.format(), output.lossless(), width, height, 0xff20c040, folder);
        Path file = folder.resolve("result");
        Restored restored;
        try (ImageBytes first = original.bytes();
                ImageBytes opened = mask.bytes();
                ImageBytes returned = edited.bytes();
                var out = Files.newOutputStream(file)) {
            restored = new StrictMask(first, original.facts(), opened, EDGE).restore(returned, edited.facts(),
                    whole(original), out);
        }
        Picture result = Picture.asShown(file);
        String name = kind + " " + shape + " " + output.name() + " " + width + "x" + height;
        assertThat(result.width()).as(name).isEqualTo(original.width());
        assertThat(result.height()).as(name).isEqualTo(original.height());
        assertThat(restored.scaled()).as(name).isEqualTo(width != original.width() || height != original.height());
        boolean jpeg = output.format().equals("jpeg");
        boolean deep = output.format().equals("png") && original.max() > 255;
        assertThat(result.max()).as(name).isEqualTo(deep ? 0xffff : 0xff);
        long kept = 0;
        long differing = 0;
        int levels = 0;
        for (int y = 0; y < original.height(); y++) {
            for (int x = 0; x < original.width(); x++) {
                if (mask.isOpen(x, y)) {
                    if (!jpeg && mask.isInside(x, y, EDGE + 1)) {
                        assertThat(level(result, x, y)).as("%s: inside at %s,%s", name, x, y)
                                .isEqualTo(restored.scaled() ? level(edited, 0, 0) : level(edited, x, y));
                    }
                    continue;
                }
                kept++;
                int difference = difference(original, result, x, y, deep, jpeg);
                differing += difference > 0 ? 1 : 0;
                levels = Math.max(levels, difference);
            }
        }
        assertThat(restored.kept()).as(name).isEqualTo(kept);
        assertThat(restored.inexact()).as(name).isZero();
        assertThat(levels).as(name).isLessThanOrEqualTo(jpeg ? 1 : 0);
        FIGURES.add(String.format(Locale.ROOT, "%-14s %-12s %-16s %9s %9d %9d %6d %7.1f%%", kind, shape,
                output.name() + (restored.scaled() ? ", scaled" : ""), original.width() + "x" + original.height(), kept,
                differing, levels, kept == 0 ? 0 : 100.0 * restored.changed() / kept));
    }

    private static PixelBox whole(Picture picture) {
        return PixelBox.whole(picture.width(), picture.height());
    }

    @ParameterizedTest
    @EnumSource(Picture.Kind.class)
    void putsAnEditedPartBackIntoItsPlace(Picture.Kind kind)
            throws IOException, InvalidImageException, StrictMask.InvalidMaskException {
        Picture original = Picture.of(kind, 120, 90, 1, folder);
        PixelBox open = new PixelBox(70, 40, 30, 20);
        Mask mask = Mask.of(open, 120, 90, folder);
        PixelBox part = new PixelBox(60, 30, 52, 40);
        Picture edited = Picture.repainted("png", true, 104, 80, 0xff20c040, folder);
        Path file = folder.resolve("result");
        try (ImageBytes first = original.bytes();
                ImageBytes opened = mask.bytes();
                ImageBytes returned = edited.bytes();
                var out = Files.newOutputStream(file)) {
            StrictMask strict = new StrictMask(first, original.facts(), opened, EDGE);
            assertThat(strict.check()).hasValue(open);
            Restored restored = strict.restore(returned, edited.facts(), part, out);
            assertThat(restored.changed()).isLessThanOrEqualTo(52 * 40 - 30 * 20);
            assertThat(restored.kept()).isEqualTo(120 * 90 - 30 * 20);
        }
        Picture result = Picture.asShown(file);
        boolean deep = original.max() > 255;
        for (int y = 0; y < 90; y++) {
            for (int x = 0; x < 120; x++) {
                if (!mask.isOpen(x, y)) {
                    assertThat(difference(original, result, x, y, deep, false)).as("%s,%s", x, y).isZero();
                }
            }
        }
        assertThat(level(result, 85, 50)).isEqualTo(new int[]{0x20, 0xc0, 0x40, 255});
    }

    @Test
    void writesPartScaled() throws IOException, InvalidImageException {
        Picture original = Picture.of(Picture.Kind.RGB, 120, 90, 1, folder);
        Mask mask = Mask.of(Mask.Shape.DISK, 120, 90, folder);
        Path file = folder.resolve("part");
        try (ImageBytes first = original.bytes();
                ImageBytes opened = mask.bytes();
                var out = Files.newOutputStream(file)) {
            new StrictMask(first, original.facts(), opened, EDGE).writePart(new PixelBox(20, 10, 50, 40),
                    new Dimensions(50, 40), ImageFormat.PNG, out);
        }
        Picture part = Picture.asShown(file);
        assertThat(part.width()).isEqualTo(50);
        assertThat(part.height()).isEqualTo(40);
        assertThat(level(part, 3, 4)).isEqualTo(level(original, 23, 14));
        assertThat(level(part, 49, 39)).isEqualTo(level(original, 69, 49));
    }

    private static int[] level(Picture picture, int x, int y) {
        return new int[]{picture.level(x, y, 0), picture.level(x, y, 1), picture.level(x, y, 2),
                picture.level(x, y, 3)};
    }

    /** The largest difference of a sample, in levels of the result. */
    private static int difference(Picture original, Picture result, int x, int y, boolean deep, boolean flat) {
        int at = (y * original.width() + x) * 4;
        int largest = 0;
        for (int sample = 0; sample < 4; sample++) {
            int expected = deep ? original.samples()[at + sample] : original.level(x, y, sample);
            if (flat) {
                int alpha = original.level(x, y, 3);
                expected = sample == 3 ? 255 : Math.round((expected * alpha + 255 * (255 - alpha)) / 255f);
            }
            largest = Math.max(largest, Math.abs(expected - result.samples()[at + sample]));
        }
        return largest;
    }

    @Test
    void countsWhatWasChangedOutsideBeforeItIsRestored() throws IOException, InvalidImageException {
        Picture original = Picture.repainted("png", true, 40, 10, 0xff000000, folder.resolve("."));
        Mask mask = Mask.of(Mask.Shape.ALL_BUT_ONE, 40, 10, folder);
        Arrays.fill(mask.open(), false);
        assertThat(changed(original, mask, 0xff000000 | StrictMask.CHANGE)).isZero();
        assertThat(changed(original, mask, 0xff000000 | StrictMask.CHANGE + 1)).isEqualTo(1);
    }

    private long changed(Picture original, Mask mask, int argb) throws IOException, InvalidImageException {
        Path other = Files.createDirectories(folder.resolve("other" + argb));
        Picture edited = Picture.repainted("png", true, 40, 10, argb, other);
        try (ImageBytes first = original.bytes();
                ImageBytes opened = mask.bytes();
                ImageBytes returned = edited.bytes()) {
            return new StrictMask(first, original.facts(), opened, EDGE)
                    .restore(returned, edited.facts(), whole(original), new ByteArrayOutputStream()).changed();
        }
    }

    @Test
    void keepsTheTransparencyOfTheEditedImageInside() throws IOException, InvalidImageException {
        Picture original = Picture.of(Picture.Kind.RGB, 64, 64, 1, folder);
        Mask mask = Mask.of(Mask.Shape.EVERYTHING, 64, 64, folder);
        Picture edited = Picture.repainted("png", true, 64, 64, 0x40ff0000, folder);
        Path file = folder.resolve("result");
        try (ImageBytes first = original.bytes();
                ImageBytes opened = mask.bytes();
                ImageBytes returned = edited.bytes();
                var out = Files.newOutputStream(file)) {
            new StrictMask(first, original.facts(), opened, EDGE).restore(returned, edited.facts(),
                    whole(original), out);
        }
        assertThat(level(Picture.asShown(file), 5, 5)).isEqualTo(new int[]{255, 0, 0, 0x40});
    }

    @Test
    void refusesFilesThatCannotBeDecoded() throws IOException, InvalidImageException {
        Picture original = Picture.of(Picture.Kind.RGB, 64, 64, 1, folder);
        Mask mask = Mask.of(Mask.Shape.DISK, 64, 64, folder);
        Path cut = folder.resolve("cut");
        byte[] whole = Files.readAllBytes(original.file());
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        Path cutMask = folder.resolve("cut-mask");
        byte[] wholeMask = Files.readAllBytes(mask.file());
        Files.write(cutMask, Arrays.copyOf(wholeMask, wholeMask.length / 2));
        try (ImageBytes damaged = ImageBytes.of(cut);
                ImageBytes first = original.bytes();
                ImageBytes opened = mask.bytes();
                ImageBytes damagedMask = ImageBytes.of(cutMask)) {
            assertThatThrownBy(() -> new StrictMask(damaged, original.facts(), opened, EDGE).check())
                    .isInstanceOf(InvalidImageException.class);
            assertThatThrownBy(() -> new StrictMask(first, original.facts(), damagedMask, EDGE).check())
                    .isInstanceOf(StrictMask.InvalidMaskException.class);
            assertThatThrownBy(() -> new StrictMask(first, original.facts(), opened, EDGE).restore(damaged,
                    original.facts(), whole(original), new ByteArrayOutputStream()))
                    .isInstanceOf(InvalidImageException.class);
        }
    }
}
