package dev.retouch.contract.page;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;

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
    private final BrowserPage page;

    KeyPageTest(@TempDir Path folder) {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
        browser = Chromium.start(folder);
        page = new BrowserPage(browser);
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
        page.click("#forget");
    }

    private void enter(String key) {
        page.type("#key", key);
        page.click("#show");
    }

    @Test
    void showsWhatIsLeftAndTheLastEdits() throws IOException {
        Endpoint client = admin.group("holder", "\"budget\":\"3\"").key("holder",
                "\"label\":\"laptop\",\"budget\":\"9\",\"limits\":{\"concurrent_edits\":2}");
        for (int i = 0; i < 21; i++) {
            assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
        }
        enter(client.key());
        page.awaitText("#left", "2.664 USD");
        page.awaitText("#spent", "0.336 USD");
        page.awaitText("#limits", ".*holder.*Concurrent edits.*2.*");
        page.awaitText("#days", ".*21.*0.336 USD.*");
        new Screens(browser).write("key");
        assertThat(page.count("#own-edits tbody tr")).isEqualTo(20);
        page.click("#more");
        page.awaitCount("#own-edits tbody tr", 21);
        assertThat(String
                .valueOf(browser.executeScript("return JSON.stringify(localStorage) + document.cookie + location")))
                .doesNotContain(client.key());
        browser.navigate().refresh();
        page.awaitText("#left", "free");
    }

    @Test
    void refusesAWrongKeyAndIsUsableOnAPhoneAndInChinese() throws IOException {
        enter("sk-retouch-wrong");
        page.awaitText("#key-problem", "Incorrect API key provided.*");
        browser.manage().window().setSize(new Dimension(500, 1000));
        page.find("#key").clear();
        enter(admin.group("phone", "").key("phone", "").key());
        page.awaitText("#left", "not limited");
        assertThat(page.overflow()).isZero();
        open("zh");
        page.awaitText("main", ".*我的 API 密钥.*");
    }
}
