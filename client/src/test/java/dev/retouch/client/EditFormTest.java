package dev.retouch.client;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.client.RecordingGateway.Received;
import dev.retouch.client.invoker.ApiException;
import dev.retouch.client.model.ImageComplexity;
import dev.retouch.client.model.ImageOutputFormat;
import dev.retouch.client.model.ImageQuality;
import dev.retouch.client.model.ImageResponseFormat;
import dev.retouch.client.model.SvgReasoning;
import dev.retouch.client.model.SvgReasoningEffort;
import dev.retouch.client.model.SvgSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What goes over the wire for images in files, byte by byte. */
class EditFormTest {

    private static final String ANSWER = "{\"created\":1,\"data\":[{\"url\":\"http://127.0.0.1/files/a.png\"}]}";

    private final RecordingGateway gateway;
    private final RetouchClient retouch;
    private final Path directory;

    EditFormTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.gateway = new RecordingGateway();
        this.retouch = gateway.client();
    }

    @BeforeEach
    void answer() {
        gateway.repliesJson(ANSWER);
    }

    @AfterEach
    void close() {
        retouch.close();
        gateway.close();
    }

    @Test
    void oneImageIsSentAsImage() throws IOException {
        retouch.edit(ImageEdit.of(file("a.png", "PIXELS")).prompt("a red balloon"));

        assertThat(form(gateway.only())).isEqualTo("""
                --BOUNDARY
                Content-Disposition: form-data; name="image"; filename="a.png"
                Content-Type: image/png

                PIXELS
                --BOUNDARY
                Content-Disposition: form-data; name="prompt"
                Content-Type: text/plain;charset=UTF-8

                a red balloon
                --BOUNDARY--
                """);
    }

    @Test
    void severalImagesAreSentAsAListWithMaskAndEveryParameter() throws IOException {
        retouch.edit(ImageEdit.of(file("a.png", "ONE"), file("b.jpg", "TWO")).mask(file("mask.png", "MASK"))
                .prompt("在图片中添加一朵红色的玫瑰花").n(2).quality(ImageQuality.HIGH)
                .outputFormat(ImageOutputFormat.WEBP).responseFormat(ImageResponseFormat.URL));

        assertThat(form(gateway.only())).isEqualTo("""
                --BOUNDARY
                Content-Disposition: form-data; name="image[]"; filename="a.png"
                Content-Type: image/png

                ONE
                --BOUNDARY
                Content-Disposition: form-data; name="image[]"; filename="b.jpg"
                Content-Type: image/jpeg

                TWO
                --BOUNDARY
                Content-Disposition: form-data; name="mask"; filename="mask.png"
                Content-Type: image/png

                MASK
                --BOUNDARY
                Content-Disposition: form-data; name="prompt"
                Content-Type: text/plain;charset=UTF-8

                在图片中添加一朵红色的玫瑰花
                --BOUNDARY
                Content-Disposition: form-data; name="n"
                Content-Type: text/plain;charset=UTF-8

                2
                --BOUNDARY
                Content-Disposition: form-data; name="quality"
                Content-Type: text/plain;charset=UTF-8

                high
                --BOUNDARY
                Content-Disposition: form-data; name="output_format"
                Content-Type: text/plain;charset=UTF-8

                webp
                --BOUNDARY
                Content-Disposition: form-data; name="response_format"
                Content-Type: text/plain;charset=UTF-8

                url
                --BOUNDARY--
                """);
    }

    @Test
    void theRequestIsChunkedAndCarriesTheKey() throws IOException {
        retouch.edit(ImageEdit.of(file("a.png", "PIXELS")).prompt("p"));

        Received request = gateway.only();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v1/images/edits");
        assertThat(request.header("authorization")).isEqualTo("Bearer " + RecordingGateway.KEY);
        assertThat(request.header("transfer-encoding")).isEqualTo("chunked");
        assertThat(request.header("content-length")).isEmpty();
        assertThat(request.header("accept")).isEqualTo("application/json");
        assertThat(request.header("content-type")).startsWith("multipart/form-data;boundary=");
    }

    @Test
    void anEditCanHaveAName() throws IOException {
        ImageEdit edit = ImageEdit.of(file("a.png", "PIXELS")).idempotencyKey("5f2c7c1e");
        gateway.repliesJson(ANSWER);
        retouch.edit(edit.prompt("a red balloon"));
        retouch.edit(edit.prompt("a red balloon"));

        assertThat(gateway.received()).hasSize(2)
                .allMatch(request -> request.header("idempotency-key").equals("5f2c7c1e"));
    }

    @Test
    void markupAndTheSettingsOfAVectorImageAreFieldsOfTheForm() throws IOException {
        retouch.edit(ImageEdit.of(file("a.png", "PIXELS")).markup(file("marks.png", "MARKS")).prompt("x")
                .complexity(ImageComplexity.LOW).svg(new SvgSettings().model("gpt-6-luna")
                        .reasoning(new SvgReasoning().effort(SvgReasoningEffort.LOW))));

        assertThat(form(gateway.only())).contains("name=\"markup\"; filename=\"marks.png\"", "MARKS")
                .contains("name=\"complexity\"", "name=\"svg[model]\"", "gpt-6-luna",
                        "name=\"svg[reasoning][effort]\"");
        assertThatThrownBy(() -> ImageEdit.ofUrls("https://example.com/a.png").markup(Path.of("marks.png")))
                .hasMessageContaining("markupUrl");
    }

    @Test
    void theGeneratedMethodSendsTheSameForm() throws IOException, ApiException {
        File image = file("a.png", "PIXELS").toFile();
        retouch.images().createImageEditWithFormData("a red balloon", null, null, null, List.of(image), null, null,
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null,
                null);
        gateway.repliesJson(ANSWER);
        retouch.edit(ImageEdit.of(image.toPath()).prompt("a red balloon"));

        assertThat(form(gateway.received().get(0))).isEqualTo(form(gateway.received().get(1)));
    }

    @Test
    void theBytesSayWhatAFileIsAndItsNameOnlyIfTheyDoNot() throws IOException {
        Path liar = directory.resolve("photo.png");
        Files.write(liar, new byte[]{(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0});
        retouch.edit(ImageEdit.of(liar, file("b.webp", "?"), file("notes.txt", "?")));

        assertThat(form(gateway.only()).lines().filter(line -> line.startsWith("Content-Type"))).containsExactly(
                "Content-Type: image/jpeg", "Content-Type: image/webp", "Content-Type: application/octet-stream");
    }

    @Test
    void oddFileNamesStayOneHeaderLine() throws IOException {
        retouch.edit(ImageEdit.of(file("玫瑰 \"x\"\r\nEvil: 1.png", "PIXELS")));

        assertThat(form(gateway.only())).contains("filename=\"玫瑰 %22x%22%0D%0AEvil: 1.png\"\n");
    }

    @Test
    void nothingIsSentWhenAFileIsMissing() {
        assertThatThrownBy(() -> retouch.edit(ImageEdit.of(directory.resolve("missing.png"))))
                .hasMessageContaining("missing.png");
        assertThat(gateway.received()).isEmpty();
    }

    @Test
    void anEditIsATemplateThatLaterChangesLeaveAlone() throws IOException {
        ImageEdit template = ImageEdit.of(file("a.png", "PIXELS")).prompt("first");
        template.prompt("second").n(3);
        retouch.edit(template);

        assertThat(form(gateway.only())).contains("first").doesNotContain("second", "name=\"n\"");
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static String form(Received request) {
        String type = request.header("content-type");
        String boundary = type.substring(type.indexOf("boundary=") + "boundary=".length());
        return request.body().replace(boundary, "BOUNDARY").replace("\r\n", "\n");
    }
}
