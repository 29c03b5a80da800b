package dev.retouch.server.answer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

/**
 * Reads the beginning of an answer ahead, so that its status and headers can say what is in it. A short answer is read to its end;
 * of a longer one, only up to the image that exceeds the limit, which then passes through.
 */
public final class AnswerBuffer implements AnswerReader {

    private final AnswerReader reader;
    private final Deque<AnswerPart> ahead = new ArrayDeque<>();
    private boolean whole;
    private final boolean partials;

    /**
     * Reads ahead of this reader.
     *
     * @param partials whether partial images are passed on; otherwise they are left out
     */
    public AnswerBuffer(AnswerReader reader, boolean partials) {
        this.reader = reader;
        this.partials = partials;
    }

    /**
     * Reads ahead until the answer is whole, or has more base64 than this.
     *
     * @return whether all of the answer has been read
     */
    public boolean fill(int maxChars) throws IOException {
        int left = maxChars;
        while (!whole && left > 0) {
            AnswerPart part = read();
            whole = part instanceof AnswerEnd;
            Base64Payload text = payload(part);
            if (text == null) {
                ahead.add(part);
                continue;
            }
            ByteArrayOutputStream begun = new ByteArrayOutputStream();
            ByteBuffer piece = text.next();
            while (piece != null) {
                if (piece.hasArray()) {
                    begun.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
                } else {
                    byte[] bytes = new byte[piece.remaining()];
                    piece.get(bytes);
                    begun.writeBytes(bytes);
                }
                piece = begun.size() > left ? null : text.next();
            }
            left -= begun.size();
            ahead.add(with(part, new Base64Payload(begun.toByteArray(), left < 0 ? text : () -> null)));
        }
        return whole;
    }

    private static @Nullable Base64Payload payload(AnswerPart part) {
        return switch (part) {
            case FinalImage image when image.payload() instanceof Base64Payload text -> text;
            case PartialImage image when image.payload() instanceof Base64Payload text -> text;
            default -> null;
        };
    }

    private static AnswerPart with(AnswerPart part, Base64Payload payload) {
        return part instanceof FinalImage image
                ? new FinalImage(payload, image.members())
                : new PartialImage(payload, ((PartialImage) part).members());
    }

    @Override
    public AnswerPart next() throws IOException {
        AnswerPart part = ahead.poll();
        return part == null ? read() : part;
    }

    private AnswerPart read() throws IOException {
        AnswerPart part = reader.next();
        while (!partials && part instanceof PartialImage) {
            part = reader.next();
        }
        return part;
    }
}
