package dev.retouch.server.answer;

import java.io.IOException;

import dev.retouch.server.retention.RetainedEdit;

/**
 * Passes every edited image of an answer on, and also to what is kept of the edit. A base64 image passes through while it arrives, and
 * is copied on the way. An image behind a link that is passed on is not seen.
 */
final class RetainedParts implements AnswerReader {

    private final AnswerReader parts;
    private final RetainedEdit retained;
    private final HeldImages held;

    /** @param held keeps the copy of an image until it is whole */
    RetainedParts(AnswerReader parts, RetainedEdit retained, HeldImages held) {
        this.parts = parts;
        this.retained = retained;
        this.held = held;
    }

    @Override
    public AnswerPart next() throws IOException {
        AnswerPart part = parts.next();
        return part instanceof FinalImage image && retained.keepsContent()
                ? new FinalImage(seen(image.payload()), image.members())
                : part;
    }

    private ImagePayload seen(ImagePayload payload) throws IOException {
        return switch (payload) {
            case Base64Payload text -> held.copy(text, retained::result);
            case BinaryPayload binary -> {
                retained.result(binary.bytes());
                yield binary;
            }
            case UrlPayload link -> link;
        };
    }
}
