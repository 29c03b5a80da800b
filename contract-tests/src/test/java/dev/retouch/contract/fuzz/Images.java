package dev.retouch.contract.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Fixtures;

/** Small pictures, whole and in every state of disrepair. */
final class Images {

    private static final byte[] PICTURE = Fixtures.image();
    private static final byte[] MASK = Fixtures.mask();
    private static final byte[] JPEG = Contract.example("second.jpg");
    /** The offset of the width in a PNG; the height follows. */
    private static final int DIMENSIONS = 16;
    private static final int FIRST_CHUNK = 8;

    private Images() {}

    static byte[] whole(String name) {
        return name.equals("mask") ? MASK.clone() : PICTURE.clone();
    }

    static String dataUrl(byte[] image) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(image);
    }

    static byte[] broken(SeededRandom draw) {
        byte[] image = draw.oneOf(List.of(PICTURE, MASK, JPEG)).clone();
        return switch (draw.below(12)) {
            case 0 -> new byte[0];
            case 1 -> draw.bytes(draw.below(600));
            case 2 -> Arrays.copyOf(image, draw.below(image.length));
            case 3 -> flipped(image, draw);
            case 4 -> withDimensions(draw);
            case 5 -> withChunkLength(draw);
            case 6 -> webp(draw);
            case 7 -> text(draw.oneOf(
                    List.of("GIF89a\u0001\u0000\u0001\u0000", "<svg/>", "BM", "RIFF", "%PDF-1.4", "PK\u0003\u0004")));
            case 8 -> Arrays.copyOf(image, image.length + draw.below(2_000));
            case 9 -> joined(Arrays.copyOf(image, FIRST_CHUNK), draw.bytes(200));
            case 10 -> joined(image, PICTURE);
            default -> JPEG.clone();
        };
    }

    private static byte[] flipped(byte[] image, SeededRandom draw) {
        for (int count = draw.below(8); count >= 0; count--) {
            image[draw.below(image.length)] ^= (byte) (1 << draw.below(8));
        }
        return image;
    }

    private static byte[] withDimensions(SeededRandom draw) {
        byte[] image = PICTURE.clone();
        List<Integer> extremes = List.of(0, 1, -1, 65_536, Integer.MAX_VALUE, 20_000);
        ByteBuffer.wrap(image).putInt(DIMENSIONS, draw.oneOf(extremes)).putInt(DIMENSIONS + 4, draw.oneOf(extremes));
        return image;
    }

    private static byte[] withChunkLength(SeededRandom draw) {
        byte[] image = PICTURE.clone();
        ByteBuffer.wrap(image).putInt(FIRST_CHUNK, draw.oneOf(List.of(0, 12, -1, Integer.MAX_VALUE, 1 << 30)));
        return image;
    }

    private static byte[] webp(SeededRandom draw) {
        return joined(text("RIFF"), joined(draw.bytes(4), joined(text("WEBP"),
                joined(text(draw.oneOf(List.of("VP8 ", "VP8L", "VP8X", "ANIM", "    "))),
                        draw.bytes(draw.below(60))))));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
