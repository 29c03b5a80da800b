package dev.retouch.mock;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import dev.retouch.mock.Caller.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** The additions of gpt-image-2.6: animations, vector images, markup, complexity. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NewFormatsTest {

    private static final int EDGE = 1024;

    private final MockUpstream mock = MockUpstream.start();
    private final Caller caller = new Caller(mock);
    private final byte[] photo;

    NewFormatsTest() throws IOException {
        this.photo = TestImages.photoPng(EDGE, EDGE);
    }

    @AfterAll
    void stop() {
        caller.close();
        mock.close();
    }

    private Form edit() {
        return Form.edit(photo).field("model", "gpt-image-2.6-flare").field("quality", "low");
    }

    private Reply done(Form form) throws Exception {
        Reply reply = caller.edit(form);
        assertThat(reply.status()).as(() -> reply.json().toString()).isEqualTo(200);
        return reply;
    }

    private record Frame(BufferedImage image, int hundredths) {}

    private static List<Frame> frames(byte[] gif) throws IOException {
        List<Frame> frames = new ArrayList<>();
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(gif))) {
            reader.setInput(in);
            for (int i = 0; i < reader.getNumImages(true); i++) {
                IIOMetadataNode root = (IIOMetadataNode) reader.getImageMetadata(i)
                        .getAsTree("javax_imageio_gif_image_1.0");
                Element control = (Element) root.getElementsByTagName("GraphicControlExtension").item(0);
                frames.add(new Frame(reader.read(i), Integer.parseInt(control.getAttribute("delayTime"))));
            }
        } finally {
            reader.dispose();
        }
        return frames;
    }

    @ParameterizedTest
    @CsvSource({"4, 150, 4, 15", "2, 20, 2, 2", ", , 9, 20"})
    void drawsAsManyFramesAsAskedForAndShowsEachAsLong(String count, String duration, int frames, int hundredths)
            throws Exception {
        Form form = edit().field("output_format", "gif").field("size", "512x512");
        if (count != null) {
            form.field("frame_count", count).field("frame_duration_ms", duration);
        }

        Reply reply = done(form);

        assertThat(reply.json().path("output_format").asText()).isEqualTo("gif");
        assertThat(reply.json().path("size").asText()).isEqualTo("512x512");
        List<Frame> drawn = frames(reply.image(0));
        assertThat(drawn).hasSize(frames).allMatch(frame -> frame.hundredths() == hundredths)
                .allMatch(frame -> frame.image().getWidth() == 512 && frame.image().getHeight() == 512);
        assertThat(TestImages.difference(drawn.get(0).image(), drawn.get(1).image())).isGreaterThan(3);
    }

    @Test
    void countsAnAnimationAsItsSheet() throws Exception {
        Reply animation = done(edit().field("output_format", "gif").field("size", "512x512"));
        Reply still = done(edit().field("size", "1536x1536"));

        assertThat(animation.json().at("/usage/output_tokens").asInt())
                .isEqualTo(still.json().at("/usage/output_tokens").asInt()).isGreaterThan(1000);
    }

    @Test
    void writesAVectorImageAndCountsItsTextModelBeside() throws Exception {
        Form form = new Form().field("prompt", "a <b> & \"c\" icon").field("model", "gpt-image-2.6-sunburst")
                .file("image", "a", "image/png", photo).field("quality", "low").field("output_format", "svg")
                .field("svg[model]", "gpt-5.4-mini").field("svg[reasoning][effort]", "low")
                .field("size", "1024x1536");

        Reply reply = done(form);

        Document svg = DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(reply.image(0)));
        assertThat(svg.getDocumentElement().getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
        assertThat(svg.getDocumentElement().getAttribute("viewBox")).isEqualTo("0 0 1024 1536");
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("a <b> & \"c\" icon");
        assertThat(svg.getElementsByTagName("rect").getLength()).isGreaterThan(300);
        assertThat(reply.json().at("/svg_usage/model").asText()).isEqualTo("gpt-5.4-mini");
        assertThat(reply.json().at("/svg_usage/total_tokens").asInt())
                .isEqualTo(reply.json().at("/svg_usage/input_tokens").asInt()
                        + reply.json().at("/svg_usage/output_tokens").asInt());
        assertThat(reply.json().at("/svg_usage/output_tokens").asInt())
                .isGreaterThan(reply.json().at("/svg_usage/reasoning_tokens").asInt());
    }

    @Test
    void changesOnlyWhatIsMarkedAndLeavesNoMark() throws Exception {
        int red = 0xFFFF0000;
        byte[] markup = TestImages.encode(TestImages.image(EDGE, EDGE, BufferedImage.TYPE_INT_ARGB, (x, y) -> {
            boolean ring = Math.abs(Math.hypot(x - 512, y - 512) - 200) < 6;
            return ring ? red : 0;
        }), "png");
        BufferedImage before = TestImages.decode(photo);

        BufferedImage after = TestImages.decode(done(edit().field("size", "1024x1024").file("markup", "m.png",
                "image/png", markup)).image(0));

        assertThat(after.getRGB(100, 100)).isEqualTo(before.getRGB(100, 100));
        assertThat(after.getRGB(900, 900)).isEqualTo(before.getRGB(900, 900));
        assertThat(after.getRGB(512, 512)).isNotEqualTo(before.getRGB(512, 512));
        assertThat(after.getRGB(512, 312)).isNotEqualTo(red);
    }

    @Test
    void paintsAnotherPictureWithAnotherComplexityAndIsHighIfOmitted() throws Exception {
        byte[] omitted = done(edit()).image(0);

        assertThat(done(edit().field("complexity", "high")).image(0)).isEqualTo(omitted);
        assertThat(done(edit().field("complexity", "low")).image(0)).isNotEqualTo(omitted);
        assertThat(done(edit().field("complexity", "medium")).image(0)).isNotEqualTo(omitted)
                .isNotEqualTo(done(edit().field("complexity", "low")).image(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "gpt-image-2.6-flare | frame_count=4 | frame_count | invalid_value",
            "gpt-image-2.6-flare | frame_duration_ms=100 | frame_duration_ms | invalid_value",
            "gpt-image-2.6-flare | output_format=gif,frame_count=1 | frame_count | integer_below_min_value",
            "gpt-image-2.6-flare | output_format=gif,frame_count=17 | frame_count | integer_above_max_value",
            "gpt-image-2.6-flare | output_format=gif,frame_duration_ms=19 | frame_duration_ms | integer_below_min_value",
            "gpt-image-2.6-flare | output_format=gif,size=1024x1024 | size | invalid_value",
            "gpt-image-2.6-flare | output_format=gif,size=512x512,stream=true | stream | invalid_value",
            "gpt-image-2.6-flare | output_format=gif,size=512x512,output_compression=50 | output_compression | invalid_value",
            "gpt-image-2.6-flare | output_format=gif,background=transparent | background | invalid_value",
            "gpt-image-2.6-flare | output_format=svg,n=2 | n | integer_above_max_value",
            "gpt-image-2.6-flare | output_format=svg,stream=true | stream | invalid_value",
            "gpt-image-2.6-flare | output_format=svg,svg[model]=gpt-4 | svg.model | invalid_value",
            "gpt-image-2.6-flare | output_format=svg,svg[reasoning][effort]=wild | svg.reasoning.effort | invalid_value",
            "gpt-image-2.6-flare | svg[model]=gpt-6-luna | svg | invalid_value",
            "gpt-image-2.6-flare | complexity=extreme | complexity | invalid_value",
            "gpt-image-2.5-flare | complexity=low | complexity | unknown_parameter",
            "gpt-image-2.5-flare | svg[model]=gpt-6-luna | svg[model] | unknown_parameter",
            "gpt-image-2.5-flare | output_format=gif | output_format | invalid_value",
            "gpt-image-2 | background=transparent | background | invalid_value"})
    void refusesWhatDoesNotGoTogether(String row) throws Exception {
        List<String> cells = List.of(row.split(" \\| "));
        Form form = Form.edit(photo).field("model", cells.get(0));
        for (String field : cells.get(1).split(",")) {
            form.field(field.substring(0, field.indexOf('=')), field.substring(field.indexOf('=') + 1));
        }

        Reply reply = caller.edit(form);

        assertThat(reply.status()).as(() -> reply.json().toString()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(cells.get(2));
        assertThat(reply.code()).isEqualTo(cells.get(3));
    }

    @Test
    void refusesAMarkupThatDoesNotFit() throws Exception {
        byte[] small = TestImages.encode(
                TestImages.image(64, 64, BufferedImage.TYPE_INT_ARGB, (x, y) -> x == y ? 0xFFFF0000 : 0), "png");

        assertThat(caller.edit(edit().file("markup", "m", "image/png", small)).message()).contains("dimensions");
        assertThat(caller.edit(edit().file("markup", "m", "image/png", photo)).message()).contains("transparent");
        assertThat(caller.edit(edit().file("markup", "m", "image/png", TestImages.encode(TestImages.photo(EDGE, EDGE),
                "jpg"))).message()).contains("PNG");
        assertThat(caller.edit(edit().mask(TestImages.maskPng(EDGE, EDGE)).file("markup", "m", "image/png", small))
                .code()).isEqualTo("mutually_exclusive_parameters");
        assertThat(caller.edit(Form.edit(photo).field("model", "gpt-image-2").file("markup", "m", "image/png", small))
                .code()).isEqualTo("unknown_parameter");
    }

    @Test
    void takesTheSameInADocument() throws Exception {
        String image = "data:image/png;base64," + java.util.Base64.getEncoder().encodeToString(
                TestImages.photoPng(64, 64));
        String document = "{\"model\":\"gpt-image-2.6-flare\",\"prompt\":\"x\",\"quality\":\"low\",\"images\":[{\"image_url\":\""
                + image + "\"}],\"output_format\":\"svg\",\"svg\":%s}";

        Reply reply = caller.postJson("/v1/images/edits",
                document.formatted("{\"model\":\"gpt-5.6-terra\",\"reasoning\":{\"effort\":null}}"));

        assertThat(reply.json().at("/svg_usage/model").asText()).isEqualTo("gpt-5.6-terra");
        assertThat(caller.postJson("/v1/images/edits", document.formatted("{\"style\":\"flat\"}")).param())
                .isEqualTo("svg.style");
        assertThat(caller.postJson("/v1/images/edits", document.formatted("\"gpt-6-luna\"")).code())
                .isEqualTo("invalid_type");
    }
}
