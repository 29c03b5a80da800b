package dev.retouch.contract.pact;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.client.ImageEdit;
import dev.retouch.client.RetouchClient;
import dev.retouch.client.model.ImageEditStreamEvent;
import dev.retouch.client.model.ImageEditStreamEvent.TypeEnum;
import dev.retouch.client.model.ImageQuality;
import dev.retouch.client.model.ImageResponseFormat;
import dev.retouch.client.model.ImagesResponse;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;

import static org.assertj.core.api.Assertions.assertThat;

/** What the Java client sends to edit, and needs back. */
class ClientEditPactTest {

    private static final String TEXT = "text/plain;charset=UTF-8";

    private final ConsumerPact pact = ConsumerPact.ofClient(getClass());
    private final Path image;
    private final Path second;
    private final Path mask;

    ClientEditPactTest(@TempDir Path folder) throws IOException {
        image = Files.write(folder.resolve("image.png"), Fixtures.image());
        second = Files.write(folder.resolve("second.png"), Fixtures.image());
        mask = Files.write(folder.resolve("mask.png"), Fixtures.mask());
    }

    static RetouchClient client(URI gateway) {
        return RetouchClient.at(gateway.toString()).withKey("sk-pact");
    }

    private static void assertLink(ImagesResponse answer) {
        assertThat(answer.getData()).singleElement()
                .satisfies(edited -> assertThat(edited.getUrl()).isEqualTo(URI.create(Answered.LINK)));
        assertThat(answer.getUsage()).isNotNull()
                .satisfies(usage -> assertThat(usage.getOutputTokens()).isEqualTo(4160));
    }

    @Test
    void editsOneImage() {
        pact.needs(PactInteraction.of("an edit of one image", Asked.form(Asked.EDITS,
                Form.empty().file("image", "image.png", "image/png", Fixtures.image())
                        .text("prompt", "a red balloon", TEXT).text("response_format", "url", TEXT)),
                Answered.links()), gateway -> {
                    try (RetouchClient client = client(gateway)) {
                        assertLink(client.edit(ImageEdit.of(image).prompt("a red balloon")
                                .responseFormat(ImageResponseFormat.URL)));
                    }
                });
    }

    @Test
    void editsTwoImagesWithAMask() {
        pact.needs(PactInteraction.of("an edit of two images with a mask", Asked.form(Asked.EDITS, Form.empty()
                .file("image[]", "image.png", "image/png", Fixtures.image())
                .file("image[]", "second.png", "image/png", Fixtures.image())
                .file("mask", "mask.png", "image/png", Fixtures.mask())
                .text("prompt", "在图片中添加一朵红色的玫瑰花", TEXT).text("size", "1024x1024", TEXT)
                .text("response_format", "url", TEXT)), Answered.links()), gateway -> {
                    try (RetouchClient client = client(gateway)) {
                        assertLink(client.edit(ImageEdit.of(image, second).mask(mask).prompt("在图片中添加一朵红色的玫瑰花")
                                .size("1024x1024").responseFormat(ImageResponseFormat.URL)));
                    }
                });
    }

    @Test
    void editsByDataUrl() {
        pact.needs(PactInteraction.of("an edit by data URL", Asked.json(Asked.EDITS, edit -> {
            edit.array("images", images -> images
                    .object(reference -> reference.stringValue("image_url", Fixtures.imageUrl())));
            edit.stringValue("prompt", "a red balloon").numberValue("n", 2).stringValue("response_format", "url");
        }), Answered.links()), gateway -> {
            try (RetouchClient client = client(gateway)) {
                assertLink(client.edit(ImageEdit.ofUrls(Fixtures.imageUrl()).prompt("a red balloon").n(2)
                        .responseFormat(ImageResponseFormat.URL)));
            }
        });
    }

    @Test
    void editsByUrl() {
        String url = "https://images.example.com/wall.png";
        pact.needs(PactInteraction.of("an edit by URL", Asked.json(Asked.EDITS, edit -> {
            edit.array("images", images -> images
                    .object(reference -> reference.valueFromProviderState("image_url", "${picture}", url)));
            edit.stringValue("prompt", "a red balloon").stringValue("quality", "low");
        }), Answered.images()).given("pictures on the web"), gateway -> {
            try (RetouchClient client = client(gateway)) {
                assertThat(client.edit(ImageEdit.ofUrls(url).prompt("a red balloon").quality(ImageQuality.LOW))
                        .getData()).singleElement()
                        .satisfies(edited -> assertThat(edited.getB64Json()).isEqualTo(Answered.BASE64));
            }
        });
    }

    @Test
    void streams() {
        pact.needs(PactInteraction.of("an edit as a stream", Asked.json(Asked.EDITS, edit -> {
            edit.array("images", images -> images
                    .object(reference -> reference.stringValue("image_url", Fixtures.imageUrl())));
            edit.stringValue("prompt", "a red balloon").stringValue("quality", "low")
                    .stringValue("size", "1024x1024").numberValue("partial_images", 1).booleanValue("stream", true);
        }), Answered.events()), gateway -> {
            List<ImageEditStreamEvent> events = new ArrayList<>();
            try (RetouchClient client = client(gateway)) {
                client.editStreaming(ImageEdit.ofUrls(Fixtures.imageUrl()).prompt("a red balloon")
                        .quality(ImageQuality.LOW).size("1024x1024").partialImages(1), events::add);
            }
            assertThat(events).extracting(ImageEditStreamEvent::getType)
                    .containsExactly(TypeEnum.IMAGE_EDIT_PARTIAL_IMAGE, TypeEnum.IMAGE_EDIT_COMPLETED);
            assertThat(events).extracting(ImageEditStreamEvent::getB64Json).containsOnly(Answered.BASE64);
        });
    }
}
