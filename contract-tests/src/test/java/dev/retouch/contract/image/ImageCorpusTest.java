package dev.retouch.contract.image;

import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The verdict on every file of the corpus, by the gateway and by the sandbox behind it, beside the opinion of a decoder that neither
 * of them is made of. The files are written to {@code target/corpus}.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ImageCorpusTest {

    private static final String QUOTE = "/v1/images/edits/quote";
    private static final Dimension LANDSCAPE = new Dimension(Encoded.WIDTH, Encoded.HEIGHT);
    private static final Dimension PORTRAIT = new Dimension(Encoded.HEIGHT, Encoded.WIDTH);
    private static final Path PAGE = Path.of("..", "docs", "images.md");

    private final Map<String, byte[]> files = CorpusFiles.all();
    private final List<CorpusEntry> entries = CorpusEntry.all();
    private final RunningGateway gateway;
    private final MockUpstream sandbox;

    ImageCorpusTest() {
        Gateways.ownOnly();
        this.gateway = RunningGateway.start();
        this.sandbox = MockUpstream.start();
    }

    @BeforeAll
    void keep() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "corpus"));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
    }

    @AfterAll
    void stop() {
        sandbox.close();
        gateway.close();
    }

    @Test
    void everyFileHasALine() {
        assertThat(entries).extracting(CorpusEntry::file).containsExactlyInAnyOrderElementsOf(files.keySet());
    }

    /** What a decoder reads is refused only with a reason that the page gives with its source. */
    @Test
    void refusalsHaveAReason() throws IOException {
        String page = Files.readString(PAGE);
        for (CorpusEntry entry : entries) {
            if (entry.isRefused() && entry.decoderReads()) {
                assertThat(entry.reason()).as(entry.file()).isNotEmpty();
            }
            if (!entry.reason().isEmpty()) {
                assertThat(page).as(entry.file()).contains("## " + heading(entry.reason()) + "\n");
            }
        }
    }

    private static String heading(String anchor) {
        String words = anchor.equals("cmyk") ? "CMYK" : anchor.replace('-', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    @TestFactory
    Stream<DynamicTest> verdictsAreRight() {
        return entries.stream().map(entry -> DynamicTest.dynamicTest(entry.file(), () -> judge(entry)));
    }

    private void judge(CorpusEntry entry) throws IOException {
        byte[] file = Objects.requireNonNull(files.get(entry.file()));
        assertThat(decoderReads(entry, file)).as("a decoder reads it").isEqualTo(entry.decoderReads());
        if (entry.isRefused()) {
            Reply refused = send(QUOTE, form(entry, file));
            assertThat(refused.status()).as(refused.beginning()).isEqualTo(400);
            assertThat(refused.json().at("/error/message").asText()).contains(entry.words());
            assertThat(refused.json().at("/error/param").asText()).isEqualTo(entry.isMask() ? "mask" : "image");
            assertThat(alone(form(entry, file)).status()).as("the sandbox, asked directly").isIn(200, 400);
            return;
        }
        Reply edited = send(Endpoint.EDITS, form(entry, file));
        assertThat(edited.status()).as("gateway and sandbox: %s", edited.beginning()).isEqualTo(200);
        if (!entry.isMask()) {
            Form transposed = image(entry, file).file("mask", "mask.png", "image/png", transparent(entry.verdict()
                    .startsWith("30x") ? LANDSCAPE : PORTRAIT));
            Reply refused = send(QUOTE, transposed);
            assertThat(refused.status()).as(refused.beginning()).isEqualTo(400);
            assertThat(refused.json().at("/error/message").asText())
                    .contains("the first image is " + entry.width() + "x" + entry.height());
            assertThat(alone(transposed).status())
                    .as("the sandbox with a mask of another size").isEqualTo(400);
        }
    }

    /** The file with what it needs to show its size: an image with a mask, or a mask with an image. */
    private static Form form(CorpusEntry entry, byte[] file) {
        if (entry.isMask()) {
            return parameters().file("image", "image.png", "image/png",
                    Encoded.png(Encoded.drawn(BufferedImage.TYPE_INT_RGB)))
                    .file("mask", entry.file(), entry.mediaType(), file);
        }
        return entry.isRefused()
                ? image(entry, file)
                : image(entry, file).file("mask", "mask.png", "image/png",
                        transparent(new Dimension(entry.width(), entry.height())));
    }

    private static Form image(CorpusEntry entry, byte[] file) {
        return parameters().file("image", entry.file(), entry.mediaType(), file);
    }

    private static Form parameters() {
        return Form.empty().text("model", "gpt-image-1").text("quality", "low").text("prompt", "a red balloon");
    }

    private static byte[] transparent(Dimension size) {
        return Encoded.png(new BufferedImage(size.width, size.height, BufferedImage.TYPE_INT_ARGB));
    }

    private Reply send(String path, Form form) {
        return Endpoint.send(gateway.endpoint().request(path).header("Content-Type", form.contentType())
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(form.bytes())));
    }

    private Reply alone(Form form) {
        return new Endpoint(sandbox.origin(), "any").edit(form);
    }

    private static boolean decoderReads(CorpusEntry entry, byte[] file) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByMIMEType(entry.mediaType());
        ImageReader reader = readers.next();
        while (readers.hasNext() && !reader.getClass().getName().startsWith("com.sun.imageio.")) {
            reader = readers.next();
        }
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in);
            return reader.read(0) != null;
        } catch (IOException | RuntimeException e) {
            return false;
        } finally {
            reader.dispose();
        }
    }
}
