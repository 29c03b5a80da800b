package dev.retouch.contract.image;

import java.awt.image.BufferedImage;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** The changes that a gateway makes to images, if its settings or a group ask for them: each is announced, and none is made otherwise. */
@TestInstance(Lifecycle.PER_CLASS)
class NormaliseTest {

    private static final String QUOTE = "/v1/images/edits/quote";
    private static final String WARNING = "x-retouch-warning";
    private static final Map<String, byte[]> FILES = CorpusFiles.all();

    private final RunningGateway gateway;
    private final Admin admin;

    NormaliseTest() {
        Gateways.ownOnly();
        this.gateway = RunningGateway
                .start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_EDITS_NORMALISE", "orientation"));
        this.admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static byte[] file(String name) {
        return Objects.requireNonNull(FILES.get(name));
    }

    private static Form form(String image, String type) {
        return Form.empty().text("model", "gpt-image-1").text("quality", "low").text("prompt", "a red balloon")
                .file("image", image, type, file(image));
    }

    /** Black in its left half, in another size than the image. */
    private static byte[] blackAndWhite(int width, int height) {
        BufferedImage mask = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = width / 2; x < width; x++) {
                mask.setRGB(x, y, 0xffffff);
            }
        }
        return Encoded.png(mask);
    }

    @Test
    void everyChangeIsMadeAndAnnounced() {
        Endpoint team = admin.group("every", "\"normalise\":[\"orientation\",\"colour\",\"mask\",\"size\"]").key(
                "every",
                "");

        Reply turned = team.edit(form("exif-6.jpg", "image/jpeg").file("mask", "mask.png", "image/png",
                blackAndWhite(61, 80)));

        assertThat(turned.status()).as(turned.beginning()).isEqualTo(200);
        assertThat(turned.header(WARNING)).hasValue("image turned upright (EXIF orientation 6); mask black made"
                + " transparent, so that it may change; mask scaled from 61x80 to 30x40");

        Reply rgb = team.edit(form("cmyk.jpg", "image/jpeg"));
        assertThat(rgb.status()).as(rgb.beginning()).isEqualTo(200);
        assertThat(rgb.header(WARNING)).hasValue("image converted from CMYK to RGB");
    }

    /** The mask goes with the image. */
    @Test
    void aLargeFileIsReducedWithItsMask() {
        Endpoint team = admin.group("reduced", "\"normalise\":[\"size\"]").key("reduced", "");
        BufferedImage noise = new BufferedImage(1300, 1300, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < 1300; y++) {
            for (int x = 0; x < 1300; x++) {
                noise.setRGB(x, y, random.nextInt());
            }
        }
        Form form = Form.empty().text("model", "dall-e-2").text("size", "256x256").text("prompt", "a red balloon")
                .file("image", "noise.png", "image/png", Encoded.png(noise)).file("mask", "mask.png", "image/png",
                        Encoded.png(new BufferedImage(1300, 1300, BufferedImage.TYPE_INT_ARGB)));

        Reply reduced = team.edit(form);

        assertThat(reduced.status()).as(reduced.beginning()).isEqualTo(200);
        assertThat(reduced.header(WARNING).orElse(""))
                .matches("image reduced from 1300x1300 to (\\d+)x\\1; mask scaled from 1300x1300 to \\1x\\1");
        assertThat(gateway.endpoint().edit(form).status()).as("without the step").isEqualTo(400);
    }

    @Test
    void aGroupMayChooseNoneOrTheSetting() {
        Endpoint team = admin.group("chooses", "\"normalise\":[]").key("chooses", "");
        Form cmyk = form("cmyk.jpg", "image/jpeg");
        Form turned = form("exif-8.jpg", "image/jpeg");

        Reply none = team.edit(turned);
        assertThat(none.status()).as(none.beginning()).isEqualTo(200);
        assertThat(none.header(WARNING)).isEmpty();
        assertThat(quote(team, cmyk).status()).isEqualTo(400);

        assertThat(admin.patch("groups/chooses", "{\"normalise\":[\"colour\"]}").json().at("/normalise").toString())
                .isEqualTo("[\"colour\"]");
        Reply converted = quote(team, cmyk);
        assertThat(converted.status()).as(converted.beginning()).isEqualTo(200);

        assertThat(admin.patch("groups/chooses", "{\"normalise\":[\"default\"]}").json().at("/normalise").toString())
                .isEqualTo("[\"default\"]");
        assertThat(quote(team, cmyk).status()).isEqualTo(400);
        assertThat(team.edit(turned).header(WARNING)).hasValue("image turned upright (EXIF orientation 8)");
    }

    @Test
    void anUnknownStepIsRefused() {
        Reply wrong = admin.post("groups", "{\"name\":\"wrong\",\"normalise\":[\"rotate\"]}");

        assertThat(wrong.status()).as(wrong.beginning()).isEqualTo(400);
        assertThat(wrong.json().at("/error/param").asText()).isEqualTo("normalise");
        assertThat(wrong.json().at("/error/message").asText()).contains("orientation, colour, mask, size");
    }

    private static Reply quote(Endpoint client, Form form) {
        return Endpoint.send(client.request(QUOTE).header("Content-Type", form.contentType())
                .POST(BodyPublishers.ofByteArray(form.bytes())));
    }
}
