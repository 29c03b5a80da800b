package dev.retouch.contract.page;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Chromium;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** The page of an API key: what its holder sees, and what stays in the tab. */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class KeyPageTest {

    private final RunningGateway gateway;
    private final Admin admin;
    private final ChromeDriver browser;
    private final WebDriverWait timeout;

    KeyPageTest(@TempDir Path folder) {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
        browser = Chromium.start(folder);
        timeout = new WebDriverWait(browser, Duration.ofSeconds(20), Duration.ofMillis(50));
        timeout.ignoring(StaleElementReferenceException.class);
    }

    @AfterAll
    void close() {
        browser.quit();
        gateway.close();
    }

    @BeforeEach
    void open() {
        open("en");
    }

    /** The sandbox key is filled in on this machine; *forget* removes it, and then the page takes a key. */
    private void open(String language) {
        browser.manage().window().setSize(new Dimension(1280, 1000));
        browser.get("about:blank");
        browser.get(gateway.baseUrl() + "/console/key/?lang=" + language);
        click("#forget");
    }

    private void click(String selector) {
        timeout.until(page -> {
            browser.findElement(By.cssSelector(selector)).click();
            return true;
        });
    }

    private void enter(String key) {
        timeout.until(page -> {
            browser.findElement(By.id("key")).sendKeys(key);
            return true;
        });
        click("#show");
    }

    private void awaitText(String selector, String pattern) {
        timeout.withMessage(() -> selector + " with " + pattern)
                .until(page -> browser.findElement(By.cssSelector(selector)).getText().matches("(?s)" + pattern));
    }

    @Test
    void showsWhatIsLeftAndTheLastEdits() throws IOException {
        Endpoint client = admin.group("holder", "\"budget\":\"3\"").key("holder",
                "\"label\":\"laptop\",\"budget\":\"9\",\"limits\":{\"concurrent_edits\":2}");
        for (int i = 0; i < 21; i++) {
            assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
        }
        enter(client.key());
        awaitText("#left", "2.664 USD");
        awaitText("#spent", "0.336 USD");
        awaitText("#limits", ".*holder.*Concurrent edits.*2.*");
        awaitText("#days", ".*21.*0.336 USD.*");
        new Screens(browser).write("key");
        assertThat(browser.findElements(By.cssSelector("#own-edits tbody tr"))).hasSize(20);
        click("#more");
        timeout.until(page -> browser.findElements(By.cssSelector("#own-edits tbody tr")).size() == 21);
        assertThat(String
                .valueOf(browser.executeScript("return JSON.stringify(localStorage) + document.cookie + location")))
                .doesNotContain(client.key());
        browser.navigate().refresh();
        awaitText("#left", "free");
    }

    @Test
    void refusesAWrongKeyAndIsUsableOnAPhoneAndInChinese() throws IOException {
        enter("sk-retouch-wrong");
        awaitText("#key-problem", "Incorrect API key provided.*");
        browser.manage().window().setSize(new Dimension(500, 1000));
        browser.findElement(By.id("key")).clear();
        enter(admin.group("phone", "").key("phone", "").key());
        awaitText("#left", "not limited");
        assertThat(((Number) browser.executeScript(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth")).longValue())
                .isZero();
        open("zh");
        awaitText("main", ".*我的 API 密钥.*");
    }
}
