package dev.retouch.server.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.ImageMetadata.Oddity;

import static org.assertj.core.api.Assertions.assertThat;

/** Files as cameras and programs write them: orientation, gain maps, multi-picture indexes, stray bytes, false animation bits. */
class CameraImageTest {

    private static final byte[] JPEG = Pictures.jpeg(40, 30);

    private static ImageMetadata probe(byte[] bytes) throws IOException, InvalidImageException {
        return new ImageProbe().probe(new ByteArrayInputStream(bytes));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The JPEG with something behind its first two bytes. */
    private static byte[] with(byte[]... parts) {
        return join(Arrays.copyOf(JPEG, 2), join(parts), Arrays.copyOfRange(JPEG, 2, JPEG.length));
    }

    private static byte[] segment(int marker, byte[] content) {
        int length = content.length + 2;
        return join(new byte[]{(byte) 0xff, (byte) marker, (byte) (length >> 8), (byte) length}, content);
    }

    /** A TIFF structure with one tag, 16 or 32 bits wide. */
    private static byte[] tiff(ByteOrder order, int tag, int type, int value) {
        ByteBuffer tiff = ByteBuffer.allocate(26).order(order).put(ascii(order == ByteOrder.BIG_ENDIAN ? "MM" : "II"))
                .putShort((short) 42).putInt(8).putShort((short) 1).putShort((short) tag).putShort((short) type)
                .putInt(1);
        return (type == 3 ? tiff.putShort((short) value) : tiff.putInt(value)).array();
    }

    private static byte[] exif(ByteOrder order, int orientation) {
        return segment(0xe1, join(ascii("Exif\0\0"), tiff(order, 0x0112, 3, orientation)));
    }

    private static byte[] multiPicture(int pictures) {
        return segment(0xe2, join(ascii("MPF\0"), tiff(ByteOrder.LITTLE_ENDIAN, 0xb001, 4, pictures)));
    }

    @ParameterizedTest
    @CsvSource({"1,40,30", "2,40,30", "3,40,30", "4,40,30", "5,30,40", "6,30,40", "7,30,40", "8,30,40", "0,40,30",
            "9,40,30", "65535,40,30"})
    void theDisplayedSizeIsTheSize(int orientation, int width, int height) throws Exception {
        for (ByteOrder order : new ByteOrder[]{ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            ImageMetadata found = probe(with(exif(order, orientation)));
            assertThat(found.width()).isEqualTo(width);
            assertThat(found.height()).isEqualTo(height);
            assertThat(found.turned()).isEqualTo(width == 30);
        }
    }

    /** PNG and WebP have the same structure in other chunks. */
    @ParameterizedTest
    @CsvSource({"1,40,30", "4,40,30", "5,30,40", "8,30,40"})
    void otherFormatsAreTurnedToo(int orientation, int width, int height) throws Exception {
        byte[] tiff = tiff(ByteOrder.BIG_ENDIAN, 0x0112, 3, orientation);
        byte[] png = Pictures.png(40, 30);
        byte[] turned = join(Arrays.copyOf(png, 33),
                ByteBuffer.allocate(8).putInt(tiff.length).put(ascii("eXIf")).array(), tiff, new byte[4],
                Arrays.copyOfRange(png, 33, png.length));
        byte[] lossless = Pictures.losslessWebp(40, 30);
        byte[] pixels = Arrays.copyOfRange(lossless, 12, lossless.length);
        byte[] header = {0x08, 0, 0, 0, 39, 0, 0, 29, 0, 0};
        byte[] head = join(ascii("RIFF\0\0\0\0WEBP"), chunk("VP8X", header), pixels);
        for (byte[] file : List.of(turned, join(head, chunk("EXIF", tiff)),
                join(head, chunk("EXIF", join(ascii("Exif\0\0"), tiff))))) {
            ImageMetadata found = probe(file);
            assertThat(found.width()).isEqualTo(width);
            assertThat(found.height()).isEqualTo(height);
            assertThat(found.orientation()).isEqualTo(orientation);
        }
    }

    /** Decoders look at the first EXIF segment, and programs write the value in 16 or 32 bits. */
    @Test
    void theFirstOrientationCountsInAnyWidth() throws Exception {
        assertThat(probe(with(exif(ByteOrder.BIG_ENDIAN, 6), exif(ByteOrder.BIG_ENDIAN, 1))).orientation())
                .isEqualTo(6);
        for (ByteOrder order : new ByteOrder[]{ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            assertThat(probe(with(segment(0xe1, join(ascii("Exif\0\0"), tiff(order, 0x0112, 4, 6))))).orientation())
                    .isEqualTo(6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Exif\0\0", "Exif\0\0MM\0*", "Exif\0\0MM\0*\0\0\0\u0008\0\u0001",
            "Exif\0\0II*\0\u00ff\u00ff\u00ff\u00ff"})
    void damagedExifIsIgnored(String content) throws Exception {
        assertThat(probe(with(segment(0xe1, ascii(content)))).width()).isEqualTo(40);
    }

    @Test
    void filesWithOnePictureForDecodersAreAccepted() throws Exception {
        byte[] gainMap = segment(0xe1,
                ascii("http://ns.adobe.com/xap/1.0/\0<rdf:Description hdrgm:Version=\"1.0\"/>"));
        assertThat(probe(with(multiPicture(1))).unsupportedFeature()).isEqualTo(Oddity.NONE);
        assertThat(probe(with(segment(0xe2, ascii("MPF\0")))).unsupportedFeature()).isEqualTo(Oddity.NONE);
        assertThat(probe(with(gainMap, multiPicture(2))).unsupportedFeature()).isEqualTo(Oddity.NONE);
        assertThat(probe(with(multiPicture(2), gainMap)).unsupportedFeature()).isEqualTo(Oddity.NONE);
        assertThat(probe(with(multiPicture(2), segment(0xe2, ascii("urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"))))
                .unsupportedFeature())
                .isEqualTo(Oddity.NONE);
        assertThat(probe(with(multiPicture(2))).unsupportedFeature()).isEqualTo(Oddity.SEVERAL_PICTURES);
    }

    @Test
    void bytesBetweenSegmentsAreSkipped() throws Exception {
        assertThat(probe(with(exif(ByteOrder.BIG_ENDIAN, 6), ascii("stray"), new byte[]{0, 0, (byte) 0xff, 0, 7},
                new byte[]{(byte) 0xff, (byte) 0xff})).width()).isEqualTo(30);
    }

    @Test
    void anAnimationOfOneFrameIsAStill() throws Exception {
        byte[] png = Pictures.png(5, 6);
        assertThat(probe(animated(png, 1)).unsupportedFeature()).isEqualTo(Oddity.NONE);
        assertThat(probe(animated(png, 2)).unsupportedFeature()).isEqualTo(Oddity.ANIMATED);
    }

    private static byte[] animated(byte[] png, int frames) {
        byte[] content = ByteBuffer.allocate(12).put(ascii("acTL")).putInt(frames).putInt(0).array();
        CRC32 crc = new CRC32();
        crc.update(content);
        byte[] chunk = join(new byte[]{0, 0, 0, 8}, content,
                ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
        return join(Arrays.copyOf(png, 33), chunk, Arrays.copyOfRange(png, 33, png.length));
    }

    @Test
    void theAnimationBitOfAWebpAloneSaysNothing() throws Exception {
        byte[] frame = chunk("ANMF", new byte[17]);
        assertThat(probe(webp(chunk("VP8L", new byte[5]))).unsupportedFeature()).isEqualTo(Oddity.NONE);
        assertThat(probe(webp(chunk("ANIM", new byte[6]), frame)).unsupportedFeature()).isEqualTo(Oddity.NONE);
        assertThat(probe(webp(chunk("ANIM", new byte[6]), frame, frame)).unsupportedFeature())
                .isEqualTo(Oddity.ANIMATED);
    }

    private static byte[] webp(byte[]... chunks) {
        byte[] header = new byte[]{0x02, 0, 0, 0, 39, 0, 0, 29, 0, 0};
        return join(ascii("RIFF\0\0\0\0WEBP"), chunk("VP8X", header), join(chunks));
    }

    private static byte[] chunk(String name, byte[] content) {
        return join(ascii(name), ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(content.length).array(),
                content, new byte[content.length & 1]);
    }
}
