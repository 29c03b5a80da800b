package dev.retouch.contract;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.journal.JournalEntry.Part;

import static org.assertj.core.api.Assertions.assertThat;

/** However images are named and labelled on the way in, the upstream gets them in order, byte for byte, as OpenAI wants them. */
@ExtendWith(Gateways.class)
class UpstreamFormTest {

    private static final byte[] INPUT = Contract.example("input.png");
    private static final byte[] SECOND = Contract.example("second.jpg");
    private static final byte[] MASK = Contract.example("mask.png");

    private final RunningGateway gateway;

    UpstreamFormTest(RunningGateway gateway) {
        this.gateway = gateway;
    }

    static Stream<Arguments> names() {
        return Stream.of(Arguments.of(List.of("image")), Arguments.of(List.of("image[]")),
                Arguments.of(List.of("image[0]")), Arguments.of(List.of("image.0")),
                Arguments.of(List.of("image.0.items")), Arguments.of(List.of("image", "image")),
                Arguments.of(List.of("image[]", "image[]")), Arguments.of(List.of("image[0]", "image[1]")),
                Arguments.of(List.of("image.0", "image.1")), Arguments.of(List.of("image.0.items", "image.1.items")),
                Arguments.of(List.of("image", "image.0", "image.1.items")));
    }

    @ParameterizedTest
    @MethodSource("names")
    void imagesUnderAnyName(List<String> names) {
        List<byte[]> files = List.of(SECOND, INPUT, MASK).subList(0, names.size());
        Form form = Form.empty().text("prompt", "both on one table");
        for (int i = 0; i < names.size(); i++) {
            form = form.file(names.get(i), "any.bin", "application/octet-stream", files.get(i));
        }
        edited(form);

        String expected = names.size() == 1 ? "image" : "image[]";
        List<Part> images = gateway.lastSeenUpstream().form().stream()
                .filter(part -> part.name().startsWith("image")).toList();
        assertThat(images).extracting(Part::name).containsOnly(expected);
        assertThat(images).extracting(Part::sha256)
                .containsExactlyElementsOf(files.stream().map(UpstreamFormTest::sha256).toList());
        assertThat(images).extracting(Part::contentType).containsExactlyElementsOf(
                files.stream().map(file -> Optional.of(Arrays.equals(file, SECOND) ? "image/jpeg" : "image/png"))
                        .toList());
        assertThat(images).allSatisfy(part -> assertThat(part.filename().orElse("")).matches(".+\\.(png|jpe?g)"));
    }

    @Test
    void filesWithoutNameOrTypeAreKnownByTheirBytes() {
        edited(Form.empty().bareFile("image", INPUT).bareFile("mask", MASK).text("prompt", "p"));

        JournalEntry seen = gateway.lastSeenUpstream();
        assertThat(seen.parts("image")).singleElement().satisfies(part -> {
            assertThat(part.contentType()).contains("image/png");
            assertThat(part.sha256()).isEqualTo(sha256(INPUT));
        });
        assertThat(seen.parts("mask")).singleElement().satisfies(part -> {
            assertThat(part.contentType()).contains("image/png");
            assertThat(part.sha256()).isEqualTo(sha256(MASK));
        });
    }

    @Test
    void jsonBecomesTheSameForm() {
        assertThat(gateway.endpoint()
                .edit("""
                        {"prompt":"p","images":[{"image_url":"%s"},{"image_url":"%s"}],"mask":{"image_url":"%s"},"n":2}"""
                        .formatted(Contract.dataUrl("input.png"), Contract.dataUrl("second.jpg"),
                                Contract.dataUrl("mask.png")))
                .status()).isEqualTo(200);

        JournalEntry seen = gateway.lastSeenUpstream();
        assertThat(seen.header("content-type").orElse("")).startsWith("multipart/form-data");
        assertThat(seen.parts("image[]")).extracting(Part::sha256).containsExactly(sha256(INPUT), sha256(SECOND));
        assertThat(seen.parts("mask")).extracting(Part::sha256).containsExactly(sha256(MASK));
        assertThat(seen.field("n")).contains("2");
        assertThat(seen.field("model")).contains("gpt-image-2");
    }

    @Test
    void upstreamGetsNeitherKeyNorHeadersOfTheClient() {
        edited(Form.ofInput());
        JournalEntry seen = gateway.lastSeenUpstream();
        String key = gateway.endpoint().key();
        assertThat(seen.headers()).noneSatisfy(header -> assertThat(header.value()).contains(key))
                .noneSatisfy(header -> assertThat(header.value()).endsWith(key.substring(key.length() - 4)))
                .noneSatisfy(header -> assertThat(header.name()).isEqualToIgnoringCase("cookie"));
    }

    private void edited(Form form) {
        Reply reply = gateway.endpoint().edit(form);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
