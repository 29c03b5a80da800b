package dev.retouch.contract.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Chromium;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** The console of a gateway with several upstreams: what they did with an edit, what they serve, and keys that use them. */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class ConsoleUpstreamsTest {

    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final String KEY = "sk-provider-0123456789";

    private final MockUpstream first = MockUpstream.start(MockOptions.defaults().withKey(KEY));
    private final MockUpstream second = MockUpstream.start(MockOptions.defaults().withKey(KEY));
    private final RunningGateway gateway;
    private final Admin admin;
    private final ChromeDriver browser;
    private final ConsolePage page;
    private final Screens screens;

    ConsoleUpstreamsTest(@TempDir Path folder) throws IOException {
        Gateways.ownOnly();
        Path file = Files.writeString(folder.resolve("upstreams.yaml"), """
                first: {url: "%1$s", key-env: PROVIDER_KEY, priority: 1}
                second: {url: "%2$s", key-env: PROVIDER_KEY, priority: 2, weight: 2}
                third: {url: "%2$s", key-env: PROVIDER_KEY, priority: 2}
                imagen: {kind: gemini, url: "%2$s", key-env: PROVIDER_KEY, priority: 1}
                """.formatted(first.baseUrl(), second.baseUrl()));
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_UPSTREAMS_FILE",
                file.toString(), "PROVIDER_KEY", KEY));
        admin = Admin.of(gateway);
        browser = Chromium.start(folder);
        page = new ConsolePage(browser, gateway);
        screens = new Screens(browser);
    }

    @AfterAll
    void stop() {
        browser.quit();
        gateway.close();
        first.close();
        second.close();
    }

    @BeforeEach
    void open() {
        screens.dark(false);
        page.openSignedOut("en", 1280);
        page.signIn();
    }

    private static String id(Reply reply) {
        return reply.header("x-request-id").orElseThrow();
    }

    /** From the id that the provider names, to the attempts of the edit and to the error that its client got. */
    @Test
    void findsEditByUpstreamIdAndShowsItsAttempts() throws IOException {
        Endpoint client = admin.group("attempts", "\"budget\":\"1\",\"upstreams\":[\"first\",\"second\"]")
                .key("attempts", "");
        first.scenarios().next(Scenario.rateLimit(0));
        second.scenarios().next(new Scenario.Status(400, Optional.of("""
                {"error":{"message":"This image is not allowed.","type":"invalid_request_error","code":"bad_image",
                "param":"image"}}"""), "application/json", Map.of()));
        Reply reply = client.edit(CheapEdit.form());
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        page.open("edits");
        page.find("#filter-upstream_id");
        page.type("#filter-upstream_id", reply.header("x-upstream-request-id").orElseThrow());
        page.click("#search");
        page.awaitCount("#edits tbody tr", 1);
        page.click("#edits tbody a");
        page.awaitText("#edit-id", id(reply));
        page.awaitText("#attempts tbody", ".*first.*rate limit.429.*Yes: the edit did not run."
                + ".*second.*refused.400.*No: the upstream refused the edit itself.*");
        page.awaitText("#sent", ".*HTTP 400.*This image is not allowed..*bad_image.*");
        browser.executeScript("document.querySelector('#attempts').scrollIntoView()");
        screens.write("console-attempts");
        page.click("#attempts tbody tr:first-child a");
        page.awaitCount("#edits tbody tr", 1);
        page.awaitText("#edits tbody", ".*attempts.*released.*");
        page.openSignedOut("zh", 500);
        page.signIn();
        page.open("edits/" + id(reply));
        page.awaitText("#attempts tbody", ".*first.*429.*");
        assertThat(page.overflow()).isZero();
        browser.executeScript("document.querySelector('#attempts').scrollIntoView()");
        screens.write("console-attempts-narrow-chinese");
    }

    @Test
    void showsWhichUpstreamsServeWhichModels() throws IOException {
        admin.group("usual", "").group("reversed", "\"upstreams\":[\"third\",\"second\"],\"models\":[\"gpt-image-1\"]")
                .group("tests", "\"upstreams\":[\"sandbox\"]");
        page.open("upstreams");
        page.awaitText("#matrix thead", ".*first.*ok.*second.*ok.*third.*imagen.*sandbox.*");
        page.awaitText("#matrix tbody", ".*gpt-image-1.*priority 1.*priority 2.*");
        assertThat(groups("gpt-image-1", FIRST)).contains("usual").doesNotContain("reversed");
        assertThat(groups("gpt-image-1", SECOND)).contains("usual", "reversed");
        assertThat(groups("gpt-image-2", SECOND)).contains("usual").doesNotContain("reversed");
        assertThat(models()).contains("gemini-2.5-flash-image").doesNotHaveDuplicates();
        page.awaitText("#orders tbody", ".*usual.*first ×1 \\+ imagen ×1.*second ×2 \\+ third ×1.*");
        page.awaitText("#orders tbody", ".*reversed.*second ×2 \\+ third ×1.*tests.*sandbox.*");
        browser.executeScript("document.querySelector('#matrix').scrollIntoView()");
        screens.write("console-matrix");
        screens.dark(true);
        screens.write("console-matrix-dark");
        page.openSignedOut("en", 500);
        page.signIn();
        page.open("upstreams");
        page.find("#matrix tbody tr");
        assertThat(page.overflow()).isZero();
        browser.executeScript("document.querySelector('#matrix').scrollIntoView()");
        screens.write("console-matrix-narrow");
    }

    /** The groups that use an upstream for a model; a cell shows some of them, and all of them at the pointer. */
    private List<String> groups(String model, int upstream) {
        return List.of(String.valueOf(browser.executeScript(
                """
                        const [model, upstream] = arguments;
                        const row = [...document.querySelectorAll('#matrix tbody tr')].find(each => each.querySelector('th').textContent === model);
                        return row.querySelectorAll('td')[upstream].querySelector('[title]').title;""",
                model, upstream)).split(", "));
    }

    private List<String> models() {
        return browser.findElements(By.cssSelector("#matrix tbody th")).stream()
                .map(WebElement::getText).toList();
    }

    @Test
    void showsCodeOfANewKeyInEachLanguage() throws IOException {
        admin.group("coders", "");
        page.open("groups/coders");
        page.click("#new-key");
        page.fill("key-dialog", "label", "laptop");
        String secret = page.awaitText("#secret", "sk-retouch-.*");
        assertThat(page.awaitText("#variable", "export .*")).isEqualTo("export RETOUCH_KEY=" + secret);
        for (Map.Entry<String, String> language : Map.of("curl", "curl .*-F 'image=@\"input.png\"'.*", "python",
                ".*client.images.edit\\(.*", "typescript", ".*await client.images.edit\\(.*", "java",
                ".*retouch.edit\\(ImageEdit.of\\(.*").entrySet()) {
            page.click("#snippet-language option[value=" + language.getKey() + "]");
            assertThat(page.awaitText("#snippet", language.getValue())).as(language.getKey()).doesNotContain(secret)
                    .contains("RETOUCH_KEY", gateway.baseUrl().toString());
        }
        screens.write("console-key-java");
    }

    /** A limit of a key is changed alone; the limits that it had before stay. */
    @Test
    void changesALimitOfAKey() throws IOException {
        admin.group("limited", "\"limits\":{\"concurrent_edits\":9}");
        String key = admin.issue("limited", "\"limits\":{\"concurrent_edits\":2,\"queue\":5}").at("/key/id").asText();
        page.open("groups/limited");
        page.awaitText("#keys-table tbody", ".*Concurrent edits: 2, Edits in the queue: 5.*");
        page.click("#keys-table .limit");
        page.awaitText("#limits-dialog h2", "Limits of " + key);
        screens.write("console-limits");
        page.fill("limits-dialog", "requests_per_minute", "60");
        page.awaitText("#keys-table tbody", ".*Concurrent edits: 2, Edits in the queue: 5, Requests per minute: 60.*");
        assertThat(admin.get("keys/" + key).json().path("limits"))
                .isEqualTo(new ObjectMapper().createObjectNode()
                        .put("concurrent_edits", 2).put("queue", 5).put("requests_per_minute", 60));
        page.awaitText("#group-limits", "Concurrent edits: 9");
        page.click("#limits");
        page.awaitText("#limits-dialog h2", "Limits of limited");
        assertThat(page.find("#limits-dialog [name=concurrent_edits]").getDomProperty("value")).isEqualTo("9");
        assertThat(page.find("#limits-dialog [name=queue]").getDomProperty("value")).isEmpty();
    }
}
