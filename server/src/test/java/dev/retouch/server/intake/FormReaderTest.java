package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.glassfish.jersey.media.multipart.FormDataBodyPart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FormReaderTest {

    private static final String BOUNDARY = "boundary";
    private static final KnownFields FIELDS = new KnownFields(Set.of("prompt", "n", "a", "b"), false);

    private final Path folder;
    private final Spool spool;
    private final Exchange exchange = new Exchange("req_test", 0);

    FormReaderTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.spool = new Spool(folder, 1000);
    }

    private List<FormDataBodyPart> read(byte[] body, int maxParts, int maxTextBytes) throws IOException {
        return new FormReader(spool, maxParts, maxTextBytes, FIELDS)
                .read(new ByteArrayInputStream(body), BOUNDARY, body.length, exchange)
                .getBodyParts().stream().map(FormDataBodyPart.class::cast).toList();
    }

    private static FormEncoder form() {
        return new FormEncoder(BOUNDARY);
    }

    private static void holds(FormDataBodyPart field, byte[] bytes) {
        assertThat(((ImageBytes) field.getEntity()).open()).hasBinaryContent(bytes);
    }

    @Test
    void textsAreStringsAndImagesAreBytes() throws IOException {
        byte[] large = Pictures.jpeg(200, 200);
        byte[] small = {1, 2, 3};
        byte[] body = form().text("prompt", "在图片中添加一朵红色的玫瑰花").file("image[]", "large.jpg", large)
                .file("image[]", "small.png", small).text("n", "").end();

        List<FormDataBodyPart> fields = read(body, 10, 1000);

        assertThat(large).hasSizeGreaterThan(1000);
        assertThat(fields).extracting(FormDataBodyPart::getName).containsExactly("prompt", "image", "image", "n");
        assertThat(fields.get(0).getEntity()).isEqualTo("在图片中添加一朵红色的玫瑰花");
        holds(fields.get(1), large);
        holds(fields.get(2), small);
        assertThat(fields.get(2).getFormDataContentDisposition().getFileName()).isEqualTo("small.png");
        assertThat(fields.get(3).getEntity()).isEqualTo("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "image[]", "image[0]", "image[15]", "image.0", "image.12", "image.0.items",
            "images", "images[]", "images[3]", "mask", "mask[]", "mask[0]", "image%5B%5D", "image%5b0%5D", " image "})
    void anImageComesUnderAnyOfItsNames(String name) throws IOException {
        holds(read(form().text(name, "x").end(), 10, 1000).getFirst(), new byte[]{'x'});
    }

    @ParameterizedTest
    @ValueSource(strings = {"image[x]", "image.", "image.x", "image.0.item", "mask[a]", "Image", "image_url", "image%5",
            "%"})
    void anythingElseIsText(String name) throws IOException {
        assertThat(read(form().text(name, "x").end(), 10, 1000).getFirst().getEntity()).isEqualTo("x");
    }

    @Test
    void partsAreCounted() throws IOException {
        byte[] three = form().text("a", "1").text("b", "2").file("image", "x", new byte[1]).end();

        assertThat(read(three, 3, 1000)).hasSize(3);
        Failures.assertRefused(() -> read(three, 2, 1000), ErrorMessage.PARTS_ARE_TOO_MANY, "",
                "The form has too many parts. The limit is 2. Send fewer parts.");
    }

    @Test
    void textsAreMeasured() throws IOException {
        byte[] body = form().text("prompt", "12345").end();

        assertThat(read(body, 3, 5)).hasSize(1);
        Failures.assertRefused(() -> read(body, 3, 4), ErrorMessage.TEXT_IS_TOO_LARGE, "",
                "The text fields of the request are too large. The limit is 4 bytes for all of them. Send shorter values.");
    }

    /** A text is refused while it comes, not when all of it is in memory. */
    @Test
    void aHugeTextIsNotReadToItsEnd() {
        ByteArrayInputStream in = new ByteArrayInputStream(form().text("prompt", "x".repeat(1_000_000)).end());

        Failures.of(() -> new FormReader(spool, 3, 1000, FIELDS).read(in, BOUNDARY, -1, exchange));

        assertThat(in.available()).isGreaterThan(800_000);
    }

    @Test
    void aMalformedBodySaysWhy() {
        Failures.assertRefused(() -> read("no form".getBytes(StandardCharsets.US_ASCII), 3, 1000),
                ErrorMessage.MULTIPART_IS_MALFORMED, "",
                "The multipart body could not be read: its boundary does not occur in it.");
    }

    @Test
    void exchangeReleasesTheReservationInAnyCase() throws IOException {
        byte[] large = new byte[5000];
        ImageBytes image = (ImageBytes) read(form().file("image", "a", large).end(), 3, 1000).getFirst().getEntity();
        Failures.of(() -> read(form().file("image", "b", large).unfinished(), 3, 1000));
        Failures.of(() -> read(form().file("image", "c", large).text("prompt", "too long").end(), 3, 2));

        exchange.close();

        assertThatThrownBy(() -> image.open().read()).isInstanceOf(IOException.class);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
