package dev.retouch.contract.page;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;

import dev.retouch.contract.harness.Chromium;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.PictureSite;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** The playground: a mask painted by hand, an edit with every parameter, and a result beside the original. */
@Tag("slow")
@ExtendWith(Gateways.class)
@TestInstance(Lifecycle.PER_CLASS)
class PlaygroundTest {

    private final Endpoint gateway;
    private final ChromeDriver browser;
    private final PlaygroundPage page;
    private final Path folder;
    private final Path input;

    PlaygroundTest(Endpoint gateway, @TempDir Path folder) throws IOException {
        this.gateway = gateway;
        this.folder = folder;
        this.input = Files.write(folder.resolve("input.png"), Contract.example("input.png"));
        this.browser = Chromium.start(folder);
        this.page = new PlaygroundPage(browser, gateway);
    }

    @AfterAll
    void close() {
        browser.quit();
    }

    @BeforeEach
    void open() {
        page.emulateDark(false);
        page.openFresh(1440, 1000, "en");
    }

    @Test
    void paintsMaskAndEdits() throws IOException {
        page.screenshot("playground-start");
        page.addImage(input);
        page.drag(0.55, 0.35, 0.62, 0.65);
        page.awaitCoverage(0.5, 10);
        page.type("#prompt", "a red balloon");
        page.awaitText("#price", "[0-9.]+ – [0-9.]+ USD");
        page.screenshot("playground-mask");
        page.runEdit();

        assertThat(page.text("#changes")).isEqualTo("Outside the mask 0 % of the pixels changed.");
        assertThat(page.text("#request-id")).startsWith("req_");
        assertThat(page.text("#cost")).isEqualTo("0 USD");
        slide(Keys.HOME, "0%");
        slide(Keys.END, "100%");
        page.find("#slider").sendKeys(Keys.HOME, Keys.PAGE_UP, Keys.PAGE_UP, Keys.PAGE_UP);
        page.click("#show-heat");
        assertThat(page.find("#heat").getDomProperty("naturalWidth")).isEqualTo("1024");
        page.screenshotOf(".results", "playground-result");
        assertThat(page.problems()).isEmpty();
    }

    /** Presses a key on the slider until the images are compared at this place; the page may still be drawing the result. */
    private void slide(Keys key, String cut) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            page.find("#slider").sendKeys(key);
            return cut().equals(cut);
        });
    }

    private String cut() {
        return (String) browser.executeScript(
                "return document.getElementById('compare').style.getPropertyValue('--cut')");
    }

    @Test
    void showsHeatMapOfUnmaskedEdit() throws IOException {
        page.addImage(input);
        page.type("#prompt", "a night scene");
        page.runEdit();
        assertThat(page.text("#changes")).matches("[1-9][0-9.]* % of the pixels changed. There was no mask.");
        page.click("#show-heat");
        page.find("#slider").sendKeys(Keys.HOME);
        page.screenshotOf(".results", "playground-heat");
    }

    @Test
    void keepsMaskAndUndoAcrossReload() {
        page.addImage(input);
        page.drag(0.3, 0.3, 0.5, 0.3);
        page.awaitCoverage(0.5, 10);
        double first = page.coverage();
        page.drag(0.3, 0.7, 0.6, 0.7);
        page.awaitCoverage(first + 0.5, 20);
        double both = page.coverage();
        page.type("#prompt", "kept");
        page.reload();

        page.awaitCoverage(both, both);
        assertThat(page.find("#prompt").getDomProperty("value")).isEqualTo("kept");
        page.press("z", Keys.CONTROL);
        page.awaitCoverage(first, first);
        page.click("#undo");
        page.awaitCoverage(0, 0);
        page.press("z", Keys.CONTROL, Keys.SHIFT);
        page.click("#redo");
        page.awaitCoverage(both, both);
        assertThat(page.shows("#redo:disabled")).isTrue();
    }

    @Test
    void everyToolChangesTheMask() throws IOException {
        page.addImage(input);
        page.press("r");
        page.drag(0.4, 0.3, 0.6, 0.6);
        page.awaitCoverage(5, 40);
        double rectangle = page.coverage();
        page.press("g");
        page.awaitCoverage(rectangle + 0.3, 45);
        page.press("s");
        page.awaitCoverage(rectangle - 0.2, rectangle + 0.2);
        page.press("e");
        page.drag(0.45, 0.4, 0.55, 0.4);
        page.awaitCoverage(0.5, rectangle - 0.1);
        page.press("i");
        page.awaitCoverage(60, 99);
        page.press("x");
        page.awaitText("#mask-note", "The mask is empty.*");
        page.press("b");
        page.dragByTouch(0.4, 0.3, 0.6, 0.6);
        page.awaitCoverage(0.5, 10);
        page.press("d");
        page.awaitText("#mask-note", "The edge is soft: .* % of the image is marked fully.*");
        page.screenshot("playground-feather");
        page.press("z", Keys.CONTROL);
        page.press("f");
        page.drag(0.6, 0.3, 0.6, 0.3);
        page.awaitText("#mask-note", "The mask covers the whole image.*");
        page.press("x");
        page.press("l");
        page.drag(0.4, 0.3, 0.6, 0.6);
        page.press("?");
        assertThat(page.shows("#keys[open]")).isTrue();
    }

    @Test
    void loadsMaskOfAFile() throws IOException {
        Path mask = Files.write(folder.resolve("mask.png"), Contract.example("mask.png"));
        page.addImage(input);
        page.find("#mask-file").sendKeys(mask.toAbsolutePath().toString());
        page.awaitCoverage(1, 30);
    }

    @Test
    void namesFilesThatAreNoImages() throws IOException {
        Path notes = Files.writeString(folder.resolve("notes.txt"), "no image");
        page.find(".picker input[multiple]").sendKeys(notes.toAbsolutePath() + "\n" + input.toAbsolutePath());
        page.awaitText("#unreadable", "The browser cannot read as an image: notes\\.txt\\. .*");
        assertThat(page.names(".thumbs li", "draggable")).hasSize(1);
    }

    /** Pen, arrow, text and colors; the marks are sent in place of the mask, and only to a model that takes them. */
    @Test
    void drawsMarksThatThePromptExplains() throws IOException {
        page.addImage(input);
        page.drag(0.4, 0.35, 0.6, 0.4);
        page.awaitCoverage(0.2, 20);
        page.choose("#model", "gpt-image-2.6-sunburst");
        page.click("button[data-layer=markup]");
        page.awaitText("#markup-note", "Draw marks.*");
        page.drag(0.4, 0.3, 0.5, 0.6);
        page.press("w");
        page.click(".ink.blue");
        page.drag(0.62, 0.3, 0.55, 0.5);
        page.press("t");
        page.type("#mark-text", "here");
        page.drag(0.45, 0.7, 0.45, 0.7);
        page.awaitText("#markup-note", "The marks are sent.*");
        page.type("#prompt", "a fountain where the arrow points");
        page.choose("#quality", "low");
        page.awaitText("#price", "[0-9.]+ – [0-9.]+ USD");
        page.screenshot("playground-markup");
        page.runEdit();
        assertThat(page.text("#changes")).contains("There was no mask");
        assertThat(code("curl")).contains("-F markup=@markup.png").doesNotContain("mask=@mask.png");
        assertThat(code("java")).contains(".markup(Path.of(\"markup.png\"))");
        page.reload();
        page.awaitText("#markup-note", "The marks are sent.*");
        page.press("x");
        page.awaitText("#markup-note", "Draw marks.*");
        page.press("z", Keys.CONTROL);
        page.awaitText("#markup-note", "The marks are sent.*");
        page.choose("#model", "dall-e-2");
        page.awaitCoverage(0.2, 20);
        assertThat(page.shows("button[data-layer]")).as("a choice of layers for a model without markup").isFalse();
        assertThat(page.problems()).isEmpty();
    }

    /** An image of another host is shown as its address; the request is a document, and the gateway loads the image. */
    @Test
    void editsImageByAddress() throws IOException {
        Gateways.ownOnly();
        try (PictureSite site = new PictureSite(); RunningGateway fetching = RunningGateway.start(site.settings())) {
            String address = site.with("garden.png", Contract.example("input.png"));
            PlaygroundPage other = new PlaygroundPage(browser, fetching.endpoint());
            other.openFresh(1440, 1000, "en");
            other.type("#address", "not an address");
            other.find("#address").sendKeys(Keys.ENTER);
            other.awaitText("#address-problem", "Enter an address.*");
            other.type("#address", address);
            other.find("#address").sendKeys(Keys.ENTER);
            other.awaitText("#remote-address", address);
            other.addFurtherImage(input);
            other.type("#prompt", "a red balloon");
            other.choose("#quality", "low");
            other.awaitText("#price", "[0-9.]+ – [0-9.]+ USD");
            other.screenshot("playground-address");
            other.runEdit();
            assertThat(other.text("#changes")).isEqualTo(
                    "The original was given by its address, so the page cannot compare it.");
            assertThat(code("python")).startsWith("# request id").contains("curl ", address,
                    "data:image/png;base64,(input.png)");
            other.reload();
            other.awaitText("#remote-address", address);
            assertThat(other.problems()).isEmpty();
        }
    }

    @Test
    void showsEveryParameterOfAModel() throws IOException {
        page.addImage(input);
        for (String model : List.of("gpt-image-2.6-sunburst", "dall-e-2")) {
            page.choose("#model", model);
            page.awaitParameters("response_format");
            JsonNode parameters = gateway.get("/v1/models/" + model).json().at("/capabilities/parameters");
            List<String> expected = new ArrayList<>(List.of("prompt", "model", "size"));
            parameters.fieldNames().forEachRemaining(expected::add);
            assertThat(page.names("[data-parameter]", "data-parameter")).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void checksCustomSizeWhileItIsTyped() throws IOException {
        page.addImage(input);
        page.choose("#size", "custom");
        page.type("#size-width", "1000");
        page.awaitText("#size-problem", "Both must be multiples of 16.");
        page.screenshot("playground-size");
        page.type("#size-width", "3200");
        page.type("#size-height", "640");
        page.awaitText("#size-problem", "The ratio of the edges may not exceed 3 : 1.");
        page.type("#size-height", "1600");
        page.awaitText("#size-problem", "");
    }

    @Test
    void showsErrorBesideItsField() throws IOException {
        page.addImage(input);
        page.type("#prompt", "a red balloon");
        page.type("#n", "11");
        page.awaitText("#error-n", "Invalid 'n': .*");
        page.screenshot("playground-error");
        page.type("#n", "2");
        page.awaitText("#price", "[0-9.]+ – [0-9.]+ USD");
        page.awaitText("#error-n", "");
        page.find("#prompt").clear();
        page.type("#prompt", " ");
        page.click("#run");
        page.awaitText("#error-prompt", "Describe what should change.");
    }

    @Test
    void showsPartialImagesWhileTheyStream() {
        page.addImage(input);
        page.type("#prompt", "a red balloon");
        page.click("#stream");
        page.type("#partial_images", "2");
        browser.executeScript("""
                window.partials = 0;
                new MutationObserver(() => window.partials += document.getElementById('partial') ? 1 : 0)
                  .observe(document.body, {subtree: true, childList: true, attributes: true});""");
        page.runEdit();
        assertThat(page.number("return window.partials")).isPositive();
        assertThat(page.text("#cost")).isEqualTo("0 USD");
    }

    @Test
    void usesResultAsInputAndTakesItBack() {
        page.addImage(input);
        page.type("#prompt", "it's a red balloon");
        page.choose("#output_format", "jpeg");
        page.runEdit();
        page.click("#use");
        page.awaitText(".thumbs .name", "input-edited.jpg");
        page.click("#take-back");
        page.awaitText(".thumbs .name", "input.png");
        assertThat(code("curl")).contains("# request id: req_", "-F 'image=@\"input.png\"'", "'output_format=jpeg'",
                "'prompt=it'\\''s a red balloon'", "$RETOUCH_KEY").doesNotContain(gateway.key());
        assertThat(code("python")).contains("image=open(\"input.png\", \"rb\")", "output_format=\"jpeg\"",
                "prompt=\"it's a red balloon\"").doesNotContain(gateway.key());
        assertThat(code("typescript")).contains("createReadStream(\"input.png\")", "output_format: \"jpeg\"")
                .doesNotContain(gateway.key());
        assertThat(code("java")).contains("Path.of(\"input.png\")", ".parameter(\"output_format\", \"jpeg\")")
                .doesNotContain(gateway.key());
    }

    /** The code that the page copies for the newest result. */
    private String code(String language) {
        return (String) browser.executeAsyncScript(
                """
                        const done = arguments[1];
                        const language = arguments[0];
                        Promise.all(['shared/code', 'playground/request', 'playground/session'].map(name => import(`/${name}.js`)))
                          .then(([{code}, {typed}, {session}]) => done(code(language, session.results[0], typed)));""",
                language);
    }

    @Test
    void refusesWrongKey() throws IOException {
        page.click(".on-bar");
        page.type("#key", "sk-wrong");
        page.find("#key").sendKeys(Keys.ENTER);
        page.awaitText("#key-problem", ".*API key.*");
        page.screenshot("playground-wrong-key");
    }

    @Test
    void takesPhotoOfTwelveMegapixels() throws IOException {
        page.addImage(photo());
        page.drag(0.45, 0.45, 0.55, 0.6);
        page.awaitCoverage(0.2, 10);
        page.type("#prompt", "a red balloon");
        browser.executeScript(
                """
                        window.longest = 0;
                        let last = performance.now();
                        const frame = now => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(frame); };
                        requestAnimationFrame(frame);""");
        page.runEdit();
        assertThat(page.number("return Math.round(window.longest)")).as("milliseconds without a frame")
                .isLessThan(1500);
        page.screenshot("playground-photo");
    }

    private Path photo() throws IOException {
        BufferedImage image = new BufferedImage(4000, 3000, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, new Color(0x2b5876), 0, 3000, new Color(0xf2c57c)));
        graphics.fillRect(0, 0, 4000, 3000);
        graphics.setColor(new Color(0x26323f));
        graphics.fillPolygon(new int[]{0, 1400, 2300, 3100, 4000, 4000, 0},
                new int[]{2300, 1500, 2100, 1700, 2200, 3000, 3000}, 7);
        graphics.dispose();
        Path file = folder.resolve("photo.jpg");
        ImageIO.write(image, "jpeg", file.toFile());
        return file;
    }

    @Test
    void isUsableInTheDarkOnAPhoneAndInChinese() throws IOException {
        page.emulateDark(true);
        page.openFresh(1440, 1000, "zh");
        page.addImage(input);
        page.drag(0.4, 0.35, 0.6, 0.6);
        page.type("#prompt", "一个红色气球");
        page.choose("#quality", "low");
        page.runEditBy("编辑");
        page.screenshot("playground-dark-chinese");
        page.screenshotOf(".results", "playground-dark-result");
        page.emulateDark(false);
        page.openFresh(500, 900, "en");
        page.addImage(input);
        page.dragByTouch(0.4, 0.35, 0.6, 0.6);
        assertThat(page.number("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as("pixels beyond the width of the screen").isZero();
        page.screenshot("playground-narrow");
        page.screenshotOf(".request", "playground-narrow-request");
        assertThat(page.problems()).isEmpty();
    }

    @Test
    void textsHaveTheSameKeysInEveryLanguage() {
        Map<?, ?> missing = (Map<?, ?>) browser.executeAsyncScript("""
                const done = arguments[0];
                Promise.all(['en', 'zh'].map(name => import(`/shared/texts/${name}.js`))).then(([en, zh]) => {
                  const without = (from, of) => Object.keys(from).filter(key => !(key in of));
                  done({en: without(zh.default, en.default), zh: without(en.default, zh.default)});
                });""");
        assertThat(missing.values()).allSatisfy(keys -> assertThat((List<?>) keys).isEmpty());
    }

    @Test
    void policyForbidsInlineScriptsAndOtherHosts() {
        Reply reply = Endpoint.fetch(gateway.at("/playground/"));
        String policy = reply.header("content-security-policy").orElseThrow();
        assertThat(policy).contains("default-src 'none'", "script-src 'self'").doesNotContain("unsafe");
        assertThat(reply.text()).doesNotContain("<script>").doesNotContain("http://").doesNotContain("https://");
        List<String> hosts = browser.findElements(By.cssSelector("script[src], link[href]")).stream()
                .map(element -> String.valueOf(element.getDomProperty(
                        element.getTagName().equals("link") ? "href" : "src")))
                .toList();
        assertThat(hosts).isNotEmpty().allMatch(address -> address.startsWith(gateway.baseUrl().toString()));
    }
}
