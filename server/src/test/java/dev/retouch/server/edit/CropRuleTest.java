package dev.retouch.server.edit;

import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.edit.CropRule.Crop;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.pixels.PixelBox;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.model.PixelSize;

import static org.assertj.core.api.Assertions.assertThat;

class CropRuleTest {

    private static Crop crop(String model, PixelBox open, Dimensions image, String asked) {
        return CropRule.of(open, image, ModelRegistry.shipped().find(model).orElseThrow(),
                Optional.of(asked).filter(size -> !size.equals("auto")).map(PixelSize::parse));
    }

    @ParameterizedTest
    @CsvSource({
            // image, area that may change, size asked for, part, size that is sent
            "2000x1500, 900+700+100x100, auto, 836+636+228x228, 512x512",
            "2000x1500, 0+0+100x100, auto, 0+0+164x164, 512x512",
            "2000x1500, 1900+1400+100x100, auto, 1836+1336+164x164, 512x512",
            "2000x1500, 500+500+600x300, auto, 200+200+1200x900, 1168x880",
            "2000x1500, 500+500+600x300, 512x512, 200+200+1200x900, 576x432",
            "2000x1500, 0+0+2000x1500, auto, 0+0+2000x1500, 1168x880",
            "4000x200, 100+50+3000x100, auto, 0+0+4000x200, 1360x576",
            "20x20, 0+0+20x20, auto, 0+0+20x20, 512x512"})
    void choosesPartWithContextInProportionsOfTheModel(String image, String open, String asked, String part,
            String sent) {
        PixelSize size = PixelSize.parse(image);
        Crop crop = crop("flux-2-pro", box(open), new Dimensions(size.width(), size.height()), asked);

        assertThat(crop.size()).isPresent();
        assertThat(text(crop.part())).isEqualTo(part);
        assertThat(crop.size()).hasValue(sent);
    }

    /** Whatever the mask is, the part has all of it and is inside the image, and the model takes the size. */
    @ParameterizedTest
    @CsvSource({"gemini-2.5-flash-image", "gemini-3.1-flash-image", "gemini-3-pro-image", "flux-2-pro",
            "flux-kontext-pro", "grok-imagine-image", "gpt-image-1", "gpt-image-2"})
    void partHasTheWholeMaskAndAnAcceptedSize(String model) {
        for (int width : new int[]{1, 17, 640, 5000}) {
            for (int height : new int[]{1, 33, 480, 3000}) {
                for (int share : new int[]{1, 3, 9}) {
                    PixelBox open = new PixelBox(width / share / 2, height / share / 2, Math.max(1, width / share / 2),
                            Math.max(1, height / share / 2));
                    Crop crop = crop(model, open, new Dimensions(width, height), "auto");
                    PixelBox part = crop.part();
                    assertThat(part.x()).isLessThanOrEqualTo(open.x());
                    assertThat(part.y()).isLessThanOrEqualTo(open.y());
                    assertThat(part.x() + part.width()).isBetween(open.x() + open.width(), width);
                    assertThat(part.y() + part.height()).isBetween(open.y() + open.height(), height);
                    crop.size().ifPresent(size -> assertThat(
                            ModelRegistry.shipped().find(model).orElseThrow().sizes().violation(size)).isEmpty());
                }
            }
        }
    }

    @Test
    void takesTheOnlySizesOfAModel() {
        Crop crop = crop("gpt-image-1", new PixelBox(900, 100, 90, 600), new Dimensions(2000, 1500), "auto");

        assertThat(crop.size()).hasValue("1024x1536");
        assertThat(crop.sent()).isEqualTo(new Dimensions(1024, 1536));
    }

    private static PixelBox box(String text) {
        String[] parts = text.split("\\+");
        PixelSize size = PixelSize.parse(parts[2]);
        return new PixelBox(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), size.width(), size.height());
    }

    private static String text(PixelBox box) {
        return box.x() + "+" + box.y() + "+" + box.width() + "x" + box.height();
    }
}
