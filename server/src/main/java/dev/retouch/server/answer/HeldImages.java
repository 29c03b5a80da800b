package dev.retouch.server.answer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/** Keeps images in the spool that cannot be passed on yet, because it is not known what they are. */
public final class HeldImages {

    private final Spool spool;
    private final Consumer<AutoCloseable> owner;

    /**
     * Keeps images in this spool.
     *
     * @param owner takes what is to be closed when the exchange is over
     */
    public HeldImages(Spool spool, Consumer<AutoCloseable> owner) {
        this.spool = spool;
        this.owner = owner;
    }

    /** Decodes an image to its end. */
    ImageBytes decode(Base64Payload payload) throws IOException {
        Spool.Writer writer = spool.newWriter();
        owner.accept(writer);
        Base64Sink sink = new Base64Sink(writer);
        for (ByteBuffer piece = payload.next(); piece != null; piece = payload.next()) {
            sink.accept(piece);
        }
        sink.finish();
        return own(writer.finish());
    }

    /** Closes these bytes when the exchange is over. */
    ImageBytes own(ImageBytes bytes) {
        owner.accept(bytes);
        return bytes;
    }

    /**
     * Copies an image while it passes.
     *
     * @param whole receives the decoded copy at the end of the image, and does not close it
     * @return the image, to be read instead of the given one
     */
    Base64Payload copy(Base64Payload payload, Consumer<ImageBytes> whole) throws IOException {
        ByteBuffer beginning = payload.next();
        if (beginning == null) {
            return payload;
        }
        byte[] head = new byte[beginning.remaining()];
        beginning.get(head);
        Spool.Writer writer = spool.newWriter();
        owner.accept(writer);
        ImageCopy copy = new ImageCopy(payload, writer, whole);
        copy.copy(ByteBuffer.wrap(head));
        return new Base64Payload(head, copy);
    }

    /** Reads an image to its end. The result can be read once, as if it arrived now. */
    Base64Payload hold(Base64Payload payload) throws IOException {
        byte[] head = payload.head();
        Spool.Writer writer = spool.newWriter();
        owner.accept(writer);
        for (ByteBuffer piece = payload.next(); piece != null; piece = payload.next()) {
            try {
                writer.write(piece);
            } catch (IOException e) {
                throw new AnswerStorageException(e);
            }
        }
        ImageBytes text = finished(writer);
        owner.accept(text);
        InputStream in = text.open();
        in.skipNBytes(head.length);
        return new Base64Payload(head, AnswerSource.of(in));
    }

    private static ImageBytes finished(Spool.Writer writer) throws AnswerStorageException {
        try {
            return writer.finish();
        } catch (IOException e) {
            throw new AnswerStorageException(e);
        }
    }
}
