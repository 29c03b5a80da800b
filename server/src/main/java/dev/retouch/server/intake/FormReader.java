package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

import jakarta.ws.rs.core.MediaType;

import org.glassfish.jersey.media.multipart.FormDataBodyPart;
import org.glassfish.jersey.media.multipart.FormDataContentDisposition;
import org.glassfish.jersey.media.multipart.FormDataMultiPart;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/**
 * Reads a form into Jersey's own type, in the order of the parts: text fields become {@link String} entities, images and the mask
 * become {@link ImageBytes} entities, under the contract's names. Replaces Jersey's own reader, which stores every part
 * separately and takes several times the processor time.
 */
final class FormReader {

    private static final Set<String> TRANSPARENT_ENCODINGS = Set.of("", "7bit", "8bit", "binary");

    private final Spool spool;
    private final int maxParts;
    private final int maxTextBytes;
    private final KnownFields fields;

    /**
     * A reader of forms.
     *
     * @param maxParts maximum number of parts
     * @param maxTextBytes maximum size of all text fields together, in bytes
     * @param fields the fields whose whole value matters
     */
    FormReader(Spool spool, int maxParts, int maxTextBytes, KnownFields fields) {
        this.spool = spool;
        this.maxParts = maxParts;
        this.maxTextBytes = maxTextBytes;
        this.fields = fields;
    }

    /**
     * Reads the form. The exchange closes its images.
     *
     * @param length the length of the body; negative if it is not known
     */
    FormDataMultiPart read(InputStream body, String boundary, long length, Exchange exchange) throws IOException {
        FormDataMultiPart form = new FormDataMultiPart();
        try {
            TextBudget budget = new TextBudget(maxTextBytes);
            new MultipartParser(body, boundary, length).parse(headers -> {
                if (form.getBodyParts().size() == maxParts) {
                    throw new ApiException(ErrorMessage.PARTS_ARE_TOO_MANY).withArgument("maximum", maxParts);
                }
                String name = FieldNames.ofPart(headers.name());
                boolean image = FieldNames.isImage(name);
                PartSink sink = image
                        ? new ImageSink(form, name, headers, exchange)
                        : new TextSink(form, name, headers, budget);
                return decoded(name, headers, sink);
            });
        } catch (MalformedMultipartException e) {
            throw new ApiException(ErrorMessage.MULTIPART_IS_MALFORMED).withArgument("reason", e.reason());
        }
        return form;
    }

    /** Applies the part's transfer encoding, which RFC 7578 deprecates and mail libraries still write. */
    private static MultipartParser.PartWriter decoded(String name, PartHeaders headers, PartSink sink)
            throws MalformedMultipartException {
        String encoding = headers.transferEncoding().orElse("");
        if (TRANSPARENT_ENCODINGS.contains(encoding)) {
            return sink;
        }
        if (!encoding.equals("base64")) {
            throw new MalformedMultipartException("the part '" + headers.name()
                    + "' has a Content-Transfer-Encoding that is not supported; send it as binary or base64");
        }
        StreamingBase64Decoder base64 = new StreamingBase64Decoder(sink.stream());
        return new MultipartParser.PartWriter() {
            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                base64.write(source, offset, length);
            }

            @Override
            public void end() throws IOException, MalformedMultipartException {
                if (!base64.finish()) {
                    throw new ApiException(ErrorMessage.BASE64_IS_INVALID, name);
                }
                sink.end();
            }
        };
    }

    private static void add(FormDataMultiPart form, String name, PartHeaders headers, Object entity, MediaType type) {
        FormDataContentDisposition disposition = FormDataContentDisposition.name(name)
                .fileName(headers.fileName().orElse(null)).build();
        form.bodyPart(new FormDataBodyPart(disposition, entity, type));
    }

    /** Receives the decoded bytes of one part and adds the part to the form at its end. */
    private interface PartSink extends MultipartParser.PartWriter {

        /** The same sink, for writers of streams. */
        default OutputStream stream() {
            return new OutputStream() {
                @Override
                public void write(int value) throws IOException {
                    write(new byte[]{(byte) value}, 0, 1);
                }

                @Override
                public void write(byte[] source, int offset, int length) throws IOException {
                    PartSink.this.write(source, offset, length);
                }
            };
        }
    }

    private final class ImageSink implements PartSink {

        private final FormDataMultiPart form;
        private final String name;
        private final PartHeaders headers;
        private final Exchange exchange;
        private final Spool.Writer writer;

        ImageSink(FormDataMultiPart form, String name, PartHeaders headers, Exchange exchange) {
            this.form = form;
            this.name = name;
            this.headers = headers;
            this.exchange = exchange;
            this.writer = exchange.closeLater(spool.newWriter());
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            writer.write(source, offset, length);
        }

        @Override
        public void end() throws IOException {
            add(form, name, headers, exchange.closeLater(writer.finish()), MediaType.APPLICATION_OCTET_STREAM_TYPE);
        }
    }

    private final class TextSink implements PartSink {

        private final FormDataMultiPart form;
        private final String name;
        private final PartHeaders headers;
        private final TextBudget budget;
        private final boolean whole;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

        TextSink(FormDataMultiPart form, String name, PartHeaders headers, TextBudget budget) {
            this.form = form;
            this.name = name;
            this.headers = headers;
            this.budget = budget;
            this.whole = fields.isWhole(name);
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            int kept = whole ? length : Math.min(length, KnownFields.KEPT_BYTES - bytes.size());
            budget.take(kept);
            bytes.write(source, offset, kept);
        }

        @Override
        public void end() throws MalformedMultipartException {
            String text = whole
                    ? PartText.decode(headers, bytes.toByteArray())
                    : bytes.toString(StandardCharsets.UTF_8);
            add(form, name, headers, text, MediaType.TEXT_PLAIN_TYPE);
        }
    }

    /** The bytes that the text fields of one form may take together, because they are kept in memory. */
    private static final class TextBudget {

        private final int max;
        private int left;

        TextBudget(int max) {
            this.max = max;
            this.left = max;
        }

        void take(int bytes) {
            left -= bytes;
            if (left < 0) {
                throw new ApiException(ErrorMessage.TEXT_IS_TOO_LARGE).withArgument("maximum", max);
            }
        }
    }
}
