package dev.retouch.server.answer;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import javax.imageio.ImageIO;

import dev.retouch.server.image.Spool;

/** Bytes of upstreams for tests: images, and sources that cut a text where a test wants it. */
final class Wires {

    private Wires() {}

    /** A png of these dimensions, as base64. */
    static String png(int width, int height) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB), "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /**
     * The text in buffers that end before each of these indexes. Each buffer is in a separate array, surrounded by
     * other bytes.
     */
    static AnswerSource cut(String text, int... ends) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        List<ByteBuffer> pieces = new ArrayList<>();
        int from = 0;
        for (int end : ends) {
            pieces.add(piece(all, from, end));
            from = end;
        }
        pieces.add(piece(all, from, all.length));
        return () -> pieces.isEmpty() ? null : pieces.removeFirst();
    }

    private static ByteBuffer piece(byte[] all, int from, int to) {
        byte[] padded = new byte[to - from + 2];
        padded[0] = '"';
        padded[padded.length - 1] = '\\';
        System.arraycopy(all, from, padded, 1, to - from);
        return ByteBuffer.wrap(padded, 1, to - from);
    }

    /** The text one byte at a time. */
    static AnswerSource byteByByte(String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        int[] ends = new int[length - 1];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = i + 1;
        }
        return cut(text, ends);
    }

    static HeldImages held(Path folder) {
        try {
            return new HeldImages(new Spool(folder, 16), resource -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All parts, each as a line of text, with the whole text of each image. */
    static List<String> parts(AnswerReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        AnswerPart part = reader.next();
        while (!(part instanceof AnswerEnd)) {
            lines.add(switch (part) {
                case FinalImage image -> "final " + text(image.payload()) + " " + image.members();
                case PartialImage image -> "partial " + text(image.payload()) + " " + image.members();
                case ImageEnd end -> "image-end " + end.members();
                case AnswerMetadata metadata -> "metadata " + metadata.members();
                case AnswerUsage usage -> "usage " + usage.figures();
                case Refusal refusal -> "refusal " + refusal.message() + "/" + refusal.code();
                case AnswerEnd _ -> throw new IllegalStateException("the loop has ended");
            });
            part = reader.next();
        }
        return lines;
    }

    static String text(ImagePayload payload) throws IOException {
        return switch (payload) {
            case UrlPayload link -> "link:" + link.url();
            case BinaryPayload binary -> "bytes:" + binary.bytes().size();
            case Base64Payload text -> read(text);
        };
    }

    private static String read(Base64Payload text) throws IOException {
        StringBuilder all = new StringBuilder();
        for (ByteBuffer piece = text.next(); piece != null; piece = text.next()) {
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            all.append(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        return all.toString();
    }
}
