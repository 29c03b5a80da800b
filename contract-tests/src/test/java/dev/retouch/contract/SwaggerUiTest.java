package dev.retouch.contract;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementClickInterceptedException;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

import dev.retouch.contract.harness.Chromium;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;

import static org.assertj.core.api.Assertions.assertThat;

/** In the page: the key is filled in, an edit is a few clicks, and its pictures can be seen. */
@ExtendWith(Gateways.class)
@TestInstance(Lifecycle.PER_CLASS)
class SwaggerUiTest {

    private final Endpoint gateway;
    private final ChromeDriver browser;
    private final WebDriverWait timeout;
    private final Path input;
    private final Path second;

    SwaggerUiTest(Endpoint gateway, @TempDir Path folder) throws IOException {
        this.gateway = gateway;
        this.input = Files.write(folder.resolve("input.png"), Contract.example("input.png"));
        this.second = Files.write(folder.resolve("second.jpg"), Contract.example("second.jpg"));
        this.browser = Chromium.start(folder);
        this.timeout = new WebDriverWait(browser, Duration.ofSeconds(20));
    }

    @AfterAll
    void close() {
        browser.quit();
    }

    @BeforeEach
    void openTheEditOperation() {
        browser.get("about:blank"); // so that the next line is a new page and not a jump within one
        browser.get(gateway.baseUrl() + "/docs#/Images/createImageEdit");
        timeout.until(ExpectedConditions.elementToBeClickable(inEdit(".btn.execute")));
        timeout.until(ExpectedConditions.textMatches(By.id("key-note"), java.util.regex.Pattern.compile(".+")));
    }

    @Test
    void theLandingPageLeadsToTheDocsAndTheDocument() {
        browser.get(gateway.baseUrl() + "/");
        List<String> links = browser.findElements(By.tagName("a")).stream().map(link -> link.getDomProperty("href"))
                .toList();
        for (String path : List.of("/docs", "/openapi.yaml", "/openapi.json")) {
            assertThat(links).anyMatch(link -> link != null && link.startsWith(gateway.at(path).toString()));
            assertThat(Endpoint.fetch(gateway.at(path)).status()).as(path).isEqualTo(200);
        }
        assertThat(Endpoint.fetch(gateway.at("/openapi.yaml")).text()).isEqualTo(new Contract().text());
        assertThat(Endpoint.fetch(gateway.at("/openapi.json")).json()).isEqualTo(new Contract().tree());
    }

    @Test
    void theSandboxKeyIsFilledIn() {
        timeout.until(ExpectedConditions.attributeToBe(inEdit("button.authorization__btn"), "aria-label",
                "authorization button locked"));
        assertThat(browser.findElement(By.id("key-note")).getText()).contains("sandbox key");
    }

    @Test
    void oneFileIsEditedAndShown() throws IOException {
        ask("image", input);
        execute();

        assertThat(pictureWidths(1)).allMatch(width -> width > 0);
        Path screenshot = Path.of("target/swagger-ui.png");
        Files.createDirectories(screenshot.getParent());
        Files.write(screenshot, browser.getScreenshotAs(OutputType.BYTES));
    }

    /** A browser logs what the policy of the pages blocks. */
    @Test
    void thePagesNeedNothingThatTheirPolicyForbids() {
        ask("image", input);
        execute();
        pictureWidths(1);
        browser.get(gateway.baseUrl() + "/");
        timeout.until(ExpectedConditions.elementToBeClickable(By.id("edit"))).click();
        timeout.until(ExpectedConditions.textMatches(By.id("caption"), java.util.regex.Pattern.compile("After: .+")));

        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).extracting(LogEntry::getMessage)
                .noneMatch(message -> message.contains("Content Security Policy"));
    }

    @Test
    void twoFilesAreEditedAndShown() {
        ask("image", input, second);
        execute();
        assertThat(pictureWidths(1)).allMatch(width -> width > 0);
    }

    @Test
    void jsonIsEditedAndShown() {
        new Select(browser.findElement(inEdit(".opblock-section-request-body select.content-type")))
                .selectByValue("application/json");
        By text = inEdit("textarea.body-param__text");
        timeout.until(ExpectedConditions.elementToBeClickable(text));
        new Select(browser.findElement(inEdit(".opblock-section-request-body .examples-select select")))
                .selectByVisibleText("The images as an array of strings");
        timeout.until(page -> String.valueOf(browser.findElement(text).getDomProperty("value"))
                .contains("data:image/png;base64,"));
        execute();
        assertThat(pictureWidths(1)).allMatch(width -> width > 0);
    }

    /** Two large pictures as base64 would keep a browser busy for minutes if they were shown as text. */
    @Test
    void base64DoesNotFreezeThePage() {
        ask("image", input);
        choose("response_format", "b64_json");
        type("n", "2");
        execute();
        assertThat(pictureWidths(2)).allMatch(width -> width > 0);
        assertThat(browser.findElement(inEdit(".live-responses-table")).getText().length()).isLessThan(20_000);
        long start = System.nanoTime();
        assertThat(((JavascriptExecutor) browser).executeScript("return 1 + 1")).isEqualTo(2L);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    private void ask(String field, Path... files) {
        for (int i = 0; i < files.length; i++) {
            int count = i + 1;
            By pickers = inRow(field, "input[type=file]");
            List<WebElement> found = timeout.until(page -> {
                if (browser.findElements(pickers).size() < count) {
                    click(inRow(field, ".json-schema-form-item-add")); // again, if the page moved under the click
                }
                List<WebElement> shown = browser.findElements(pickers);
                return shown.size() < count ? null : shown;
            });
            found.get(i).sendKeys(new File(files[i].toString()).getAbsolutePath());
        }
        type("prompt", "a red balloon");
    }

    private void type(String field, String value) {
        WebElement box = timeout.until(ExpectedConditions.presenceOfElementLocated(inRow(field, "input, textarea")));
        ((JavascriptExecutor) browser).executeScript("arguments[0].scrollIntoView({block: 'center'})", box);
        box.sendKeys(org.openqa.selenium.Keys.chord(org.openqa.selenium.Keys.CONTROL, "a"), value);
    }

    private void choose(String field, String value) {
        new Select(browser.findElement(inRow(field, "select"))).selectByVisibleText(value);
    }

    private void execute() {
        click(inEdit(".btn.execute"));
        WebElement status = timeout.until(ExpectedConditions
                .presenceOfElementLocated(inEdit(".live-responses-table .response .response-col_status")));
        assertThat(status.getText()).as(browser.findElement(inEdit(".live-responses-table")).getText())
                .startsWith("200");
    }

    private List<Long> pictureWidths(int count) {
        By pictures = inEdit(".response-images img");
        timeout.until(ExpectedConditions.numberOfElementsToBe(pictures, count));
        timeout.until(page -> browser.findElements(pictures).stream()
                .allMatch(picture -> Boolean.parseBoolean(picture.getDomProperty("complete"))));
        return browser.findElements(pictures).stream()
                .map(picture -> Long.parseLong(String.valueOf(picture.getDomProperty("naturalWidth")))).toList();
    }

    private void click(By what) {
        WebElement element = timeout.until(ExpectedConditions.presenceOfElementLocated(what));
        ((JavascriptExecutor) browser).executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
        timeout.until(page -> {
            try {
                element.click();
                return true;
            } catch (ElementClickInterceptedException e) {
                return false; // the page still moves
            }
        });
    }

    private static By inEdit(String selector) {
        return By.cssSelector("#operations-Images-createImageEdit " + selector);
    }

    private static By inRow(String field, String selector) {
        StringBuilder all = new StringBuilder();
        for (String one : selector.split(", ")) {
            all.append(all.isEmpty() ? "" : ", ").append("#operations-Images-createImageEdit tr[data-property-name='")
                    .append(field).append("'] ").append(one);
        }
        return By.cssSelector(all.toString());
    }
}
