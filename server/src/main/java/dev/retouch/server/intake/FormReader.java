package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import jakarta.ws.rs.core.MediaType;

import org.glassfish.jersey.media.multipart.FormDataBodyPart;
import org.glassfish.jersey.media.multipart.FormDataContentDisposition;
import org.glassfish.jersey.media.multipart.FormDataMultiPart;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/**
 * Reads a form into Jersey's own type: text fields as {@link String} entities, images and the mask as
 * {@link ImageBytes} entities, in the order of their parts. Jersey's stock reader keeps every part in a store of its own
 * and costs several times the processor time.
 */
final class FormReader {

    /** The names under which an image comes, whatever its part's other headers say. */
    private static final Pattern IMAGE = Pattern.compile("image(\\[\\d*]|\\.\\d+(\\.items)?)?|mask");

    private final Spool spool;
    private final int mostParts;
    private final int mostTextBytes;

    FormReader(Spool spool, int mostParts, int mostTextBytes) {
        this.spool = spool;
        this.mostParts = mostParts;
        this.mostTextBytes = mostTextBytes;
    }

    /** Reads the form. The exchange closes its images. */
    FormDataMultiPart read(InputStream body, String boundary, Exchange exchange) throws IOException {
        FormDataMultiPart form = new FormDataMultiPart();
        try {
            TextRoom room = new TextRoom(mostTextBytes);
            new MultipartParser(body, boundary).parse(headers -> {
                if (form.getBodyParts().size() == mostParts) {
                    throw new ApiException(ErrorMessage.PARTS_ARE_TOO_MANY).with("maximum", mostParts);
                }
                return IMAGE.matcher(headers.name()).matches()
                        ? imagePart(form, headers, exchange)
                        : textPart(form, headers, room);
            });
        } catch (MalformedMultipartException e) {
            throw new ApiException(ErrorMessage.MULTIPART_IS_MALFORMED).with("reason", e.reason());
        }
        return form;
    }

    private OutputStream imagePart(FormDataMultiPart form, PartHeaders headers, Exchange exchange) {
        Spool.Writer writer = exchange.closeLater(spool.newWriter());
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                writer.write(value);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                writer.write(source, offset, length);
            }

            @Override
            public void close() {
                add(form, headers, exchange.closeLater(writer.finish()), MediaType.APPLICATION_OCTET_STREAM_TYPE);
            }
        };
    }

    private static OutputStream textPart(FormDataMultiPart form, PartHeaders headers, TextRoom room) {
        return new ByteArrayOutputStream(64) {
            @Override
            public synchronized void write(byte[] source, int offset, int length) {
                room.take(length);
                super.write(source, offset, length);
            }

            @Override
            public void close() {
                add(form, headers, toString(StandardCharsets.UTF_8), MediaType.TEXT_PLAIN_TYPE);
            }
        };
    }

    /** What the text fields of one form may take together, because they stay in memory. */
    private static final class TextRoom {

        private final int most;
        private int left;

        TextRoom(int most) {
            this.most = most;
            this.left = most;
        }

        void take(int bytes) {
            left -= bytes;
            if (left < 0) {
                throw new ApiException(ErrorMessage.TEXT_IS_TOO_LARGE).with("maximum", most);
            }
        }
    }

    private static void add(FormDataMultiPart form, PartHeaders headers, Object entity, MediaType type) {
        FormDataContentDisposition disposition = FormDataContentDisposition.name(headers.name())
                .fileName(headers.fileName().orElse(null)).build();
        form.bodyPart(new FormDataBodyPart(disposition, entity, type));
    }
}
