package dev.retouch.server.normalise;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;

import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.ImageBytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ThumbnailMakerTest {

    private final ThumbnailMaker thumbnails = new ThumbnailMaker();

    private BufferedImage thumbnail(byte[] file) throws IOException {
        try (ImageBytes image = ImageBytes.of(file)) {
            return ImageIO.read(new ByteArrayInputStream(thumbnails.jpeg(image)));
        }
    }

    @Test
    void keepsProportionsOfEveryFormat() throws IOException {
        for (byte[] file : List.of(Pictures.png(1200, 600), Pictures.jpeg(1200, 600),
                Pictures.progressiveJpeg(1200, 600),
                Pictures.lossyWebp(1200, 600), Pictures.gif(1200, 600), Pictures.greyPng(1200, 600),
                Pictures.palettePng(1200, 600))) {
            BufferedImage small = thumbnail(file);
            assertThat(small.getWidth()).isEqualTo(256);
            assertThat(small.getHeight()).isEqualTo(128);
        }
    }

    /** The pictures are red in their lower half; what is transparent becomes white. */
    @Test
    void showsThePicture() throws IOException {
        BufferedImage small = thumbnail(Pictures.transparentPng(700, 700));
        assertThat(small.getRGB(128, 20) & 0xff).as("blue of white").isGreaterThan(240);
        assertThat(small.getRGB(128, 230) >> 8 & 0xff).as("green of red").isLessThan(40);
        assertThat(small.getRGB(128, 230) >> 16 & 0xff).as("red of red").isGreaterThan(220);
    }

    @Test
    void doesNotEnlarge() throws IOException {
        assertThat(thumbnail(Pictures.png(20, 10)).getWidth()).isEqualTo(20);
        assertThat(thumbnail(Pictures.png(3000, 1)).getHeight()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoPicture() {
        for (String text : List.of("text", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")) {
            assertThatThrownBy(() -> thumbnail(text.getBytes(StandardCharsets.UTF_8))).isInstanceOf(IOException.class);
        }
        byte[] cut = java.util.Arrays.copyOf(Pictures.noisyPng(300, 300), 500);
        assertThatThrownBy(() -> thumbnail(cut)).isInstanceOf(IOException.class);
    }
}
