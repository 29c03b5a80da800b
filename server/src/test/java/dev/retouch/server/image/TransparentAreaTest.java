package dev.retouch.server.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TransparentAreaTest {

    private static byte[] png(BufferedImage image, boolean interlaced) throws IOException {
        ImageWriter writer = ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), "png").next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setProgressiveMode(interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyPixelIsBlackOrWhite(boolean interlaced) throws IOException, InvalidImageException {
        Random random = new Random(7);
        BufferedImage mask = new BufferedImage(37, 23, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < mask.getHeight(); y++) {
            for (int x = 0; x < mask.getWidth(); x++) {
                mask.setRGB(x, y, (random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(255)) << 24 | 0x336699);
            }
        }

        TransparentArea area = new TransparencyScan().transparentArea(ImageBytes.of(png(mask, interlaced)));
        BufferedImage white = ImageIO.read(new ByteArrayInputStream(area.toGreyPng(true)));
        BufferedImage black = ImageIO.read(new ByteArrayInputStream(area.toGreyPng(false)));

        for (int y = 0; y < mask.getHeight(); y++) {
            for (int x = 0; x < mask.getWidth(); x++) {
                boolean transparent = mask.getRGB(x, y) >>> 24 == 0;
                assertThat(white.getRaster().getSample(x, y, 0)).isEqualTo(transparent ? 255 : 0);
                assertThat(black.getRaster().getSample(x, y, 0)).isEqualTo(transparent ? 0 : 255);
            }
        }
    }
}
