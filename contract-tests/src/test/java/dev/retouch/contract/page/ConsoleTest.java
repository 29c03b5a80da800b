package dev.retouch.contract.page;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.chrome.ChromeDriver;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Chromium;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** The console: from a group and its key to the postings of an edit; and what a session may do. */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class ConsoleTest {

    private static final String COOKIE = "retouch-console";

    private final RunningGateway gateway;
    private final Admin admin;
    private final Path downloads;
    private final ChromeDriver browser;
    private final ConsolePage page;
    private final Screens screens;

    ConsoleTest(@TempDir Path folder) {
        Gateways.ownOnly();
        downloads = folder.resolve("downloads");
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
        browser = Chromium.start(folder);
        browser.executeCdpCommand("Browser.setDownloadBehavior",
                Map.of("behavior", "allow", "downloadPath", downloads.toString()));
        page = new ConsolePage(browser, gateway);
        screens = new Screens(browser);
    }

    @AfterAll
    void close() {
        browser.quit();
        gateway.close();
    }

    @BeforeEach
    void open() {
        screens.dark(false);
        page.openSignedOut("en", 1280);
    }

    @Test
    void leadsFromGroupToPostingsOfAnEdit() throws IOException {
        page.signIn();
        page.open("groups");
        page.click("#new-group");
        page.fill("group-dialog", "name", "studio", "budget", "5", "concurrent_edits", "2");
        page.clickLink("studio");
        page.awaitText("#group-budget", "5 USD left");
        page.click("#new-key");
        page.fill("key-dialog", "label", "laptop");
        String secret = page.awaitText("#secret", "sk-retouch-.*");
        screens.write("console-secret");
        page.click("#dismiss");
        Endpoint client = new Endpoint(gateway.baseUrl(), secret);
        Reply edit = client.edit(CheapEdit.form());
        assertThat(edit.status()).as(edit.beginning()).isEqualTo(200);
        String id = edit.header("x-request-id").orElseThrow();
        page.awaitText("#group-budget", "4.984 USD left");
        page.click("#fund");
        page.fill("fund-dialog", "amount", "2.5", "note", "November");
        page.awaitText("#group-budget", "7.484 USD left");
        screens.write("console-group");

        page.open("edits?group=studio");
        page.awaitText("table.edits tbody", "(?s).*studio.*dall-e-2.*settled.*0.016 USD.*");
        screens.write("console-edits");
        page.open("edits/" + id);
        page.awaitText("#edit-id", id);
        page.awaitText("#postings tbody", ".*hold.*group:studio.*-0.016 USD.*settle.*spent.*0.016 USD.*");
        screens.write("console-edit");

        page.open("groups/studio");
        page.click("#keys-table .revoke");
        page.acceptQuestion();
        page.awaitText("#keys-table tbody", ".*revoked.*");
        assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(401);
        page.open("upstreams");
        page.awaitText("[data-upstream=sandbox]", ".*ok.*Attempts in flight.*");
        page.click("[data-upstream=sandbox] .check");
        page.awaitText("[data-upstream=sandbox] .result", ".*accepted the API key.*HTTP 200.*");
        screens.write("console-upstreams");
        page.click("[data-upstream=sandbox] .edit");
        page.acceptQuestion();
        page.awaitText("[data-upstream=sandbox] .result", ".*returned an edited image.*0 USD.*");
    }

    /** All edits of the filter, also those of later pages, as a file that a spreadsheet reads without running it. */
    @Test
    void downloadsEditsOfFilter() throws IOException {
        Endpoint client = admin.group("csv", "").key("csv", "");
        for (int i = 0; i < 101; i++) {
            assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
        }
        page.signIn();
        page.open("edits?group=csv");
        page.awaitText("table.edits tbody", ".*csv.*settled.*");
        page.click("#csv");
        Path file = downloads.resolve("edits.csv");
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(file));
        assertThat(Files.readAllLines(file)).hasSize(102).element(0).asString().startsWith("id,created_at,");
        assertThat(Files.readAllLines(file).get(1)).contains(",csv,", ",dall-e-2,settled,1,1,0.016,0.016,USD,");
    }

    /** What a group spent, on what, and why money is still held: without another tool. */
    @Test
    void explainsMoneyThatIsHeld() throws IOException {
        Endpoint client = admin.group("held", "\"budget\":\"1\"").key("held", "");
        client.edit(CheapEdit.form());
        gateway.sandbox().scenarios().next(Scenario.status(500));
        String undecided = client.edit(CheapEdit.form()).header("x-request-id").orElseThrow();
        page.signIn();
        page.awaitText("main", ".*Undecided edits.*held.*undecided.*");
        page.awaitText("#live", "live");
        page.awaitText("#p50", "[0-9.]+ s");
        page.find("#chart-hours canvas");
        assertThat(page.find("#chart-hours").getDomAttribute("aria-label"))
                .matches("Edits per hour: .*[1-9][0-9]* settled.*");
        long before = Long.parseLong(page.find("#running").getText());
        gateway.sandbox().scenarios().next(new Scenario.Delay(Duration.ofMinutes(5), Duration.ZERO));
        String task = submit(client);
        page.awaitText("#running", Long.toString(before + 1)); // the stream says it; nothing is reloaded by hand
        admin.post("tasks/" + task + "/cancel", "");
        page.awaitText("#running", Long.toString(before));
        page.find("#chart-days canvas");
        screens.write("console-today");
        page.click("a[href='#/edits/" + undecided + "']");
        page.awaitText("#explanation", ".*outcome is unknown. 0.016 USD stay held.*");
        screens.write("console-undecided");
    }

    /** A rotated key is replaced by another, and works until its grace period ends; the transfers of the group are a file. */
    @Test
    void rotatesKeyAndDownloadsTransfers() throws IOException {
        Endpoint old = admin.group("rotated", "\"budget\":\"1\"").key("rotated", "\"label\":\"old\"");
        page.signIn();
        page.open("groups/rotated");
        page.click("#keys-table .rotate");
        page.click("#rotate-dialog .primary");
        Endpoint rotated = new Endpoint(gateway.baseUrl(), page.awaitText("#secret", "sk-retouch-.*"));
        page.awaitCount("#keys-table tbody tr", 2);
        assertThat(old.edit(CheapEdit.form()).status()).isEqualTo(200);
        assertThat(rotated.edit(CheapEdit.form()).status()).isEqualTo(200);
        page.click("#new-key");
        page.find("#key-dialog[open]");
        browser.executeScript("document.querySelector('#key-dialog [name=expires]').value = '2031-01-31'");
        page.fill("key-dialog", "label", "temporary");
        page.awaitText("#keys-table tbody", ".*temporary.*1/31/31, 11:59:59.*");
        page.open("ledger?owner=group:rotated");
        page.awaitText("#postings tbody", ".*settle.*hold.*fund.*first amount.*");
        page.click("#csv");
        Path file = downloads.resolve("transfers.csv");
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(file));
        assertThat(Files.readAllLines(file)).first().isEqualTo(
                "transfer,created_at,kind,edit,note,owner,account,amount");
        assertThat(Files.readString(file)).contains(",fund,,first amount,group:rotated,available,1", ",settle,req_");
    }

    /** The prompt and the thumbnails of an edit are on its screen if its group keeps them, and not otherwise. */
    @Test
    void showsWhatTheGroupKeeps() throws IOException {
        Endpoint client = admin.group("kept", "\"budget\":\"1\"").key("kept", "");
        page.signIn();
        page.open("groups/kept");
        page.awaitText("#group-retention", "nothing beside the money");
        page.click("#retention");
        page.click("#retention-dialog option[value=content]");
        screens.write("console-retention");
        page.click("#retention-dialog .primary");
        page.awaitText("#group-retention", "prompts, thumbnails and runs, for 30 days");
        Reply edit = client.edit(CheapEdit.form("a paper boat\non the lake"));
        String id = edit.header("x-request-id").orElseThrow();
        page.open("edits/" + id);
        page.awaitText("#prompt", "a paper boat.on the lake");
        page.awaitText("#run", ".*succeeded.*sandbox.*256x256.*");
        page.awaitCount("#content img", 2);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(
                () -> page.number(
                        "return [...document.querySelectorAll('#content img')].filter(each => each.naturalWidth > 1).length") == 2);
        screens.write("console-kept");
        page.open("groups/kept");
        page.click("#retention");
        page.click("#retention-dialog option[value=none]");
        page.click("#retention-dialog .primary");
        page.awaitText("#group-retention", "nothing beside the money");
        page.open("edits/" + id);
        page.awaitText("#edit-id", id);
        page.find("#postings");
        assertThat(page.count("#content, #run")).isZero();
    }

    /** An undecided edit is settled, a part of it is refunded, and the ledger shows both and adds up. */
    @Test
    void decidesMoneyAndVerifiesTheLedger() throws IOException {
        Endpoint client = admin.group("decided", "\"budget\":\"1\"").key("decided", "");
        gateway.sandbox().scenarios().next(Scenario.status(500));
        String undecided = client.edit(CheapEdit.form()).header("x-request-id").orElseThrow();
        page.signIn();
        page.open("edits/" + undecided);
        page.click("#settle");
        page.fill("settle-dialog", "note", "the provider charged it");
        page.awaitText("#postings tbody", ".*settle.*spent.*0.016 USD.*");
        page.click("#refund");
        page.fill("refund-dialog", "note", "the image was broken");
        page.awaitText("#postings tbody", ".*refund.*");
        screens.write("console-refund");

        page.open("ledger?owner=group:decided");
        page.awaitText("#postings tbody", ".*refund.*the image was broken.*settle.*hold.*fund.*");
        page.click("#verify");
        page.awaitText("#verification", ".*sound.*");
        screens.write("console-ledger");
    }

    @Test
    void listsAndCancelsTasks() throws IOException {
        Endpoint client = admin.group("later", "\"budget\":\"1\"").key("later", "");
        gateway.sandbox().scenarios().next(new Scenario.Delay(Duration.ofMinutes(5), Duration.ZERO));
        String task = submit(client);
        page.signIn();
        page.open("tasks?state=running");
        page.awaitText("[data-task=" + task + "]", ".*running.*0 / 1.*");
        screens.write("console-tasks");
        page.click("[data-task=" + task + "] .cancel");
        page.acceptQuestion();
        page.open("tasks");
        page.awaitText("[data-task=" + task + "]", ".*canceled.*");
    }

    /** Submits an edit as a task, and returns its id. */
    private static String submit(Endpoint client) {
        Form form = CheapEdit.form();
        return Endpoint.send(client.request(Endpoint.EDITS).header("Prefer", "respond-async")
                .header("Content-Type", form.contentType())
                .POST(HttpRequest.BodyPublishers.ofByteArray(form.bytes()))).json().path("id").asText();
    }

    private Cookie sessionCookie() {
        return Objects.requireNonNull(browser.manage().getCookieNamed(COOKIE), "no session");
    }

    @Test
    void refusesWrongTokenAndEndsWithoutCookie() throws IOException {
        page.find("#token").sendKeys("not-the-token");
        page.click("#sign-in");
        page.awaitText("#token-problem", "This is not the admin token.*");
        screens.write("console-wrong-token");
        page.find("#token").clear();
        page.signIn();
        Cookie cookie = sessionCookie();
        assertThat(cookie.isHttpOnly()).isTrue();
        assertThat(cookie.getSameSite()).isEqualTo("Strict");
        assertThat(cookie.getValue()).doesNotContain(Admin.TOKEN);
        assertThat(String.valueOf(browser.executeScript("return document.cookie"))).doesNotContain(COOKIE);
        browser.navigate().refresh();
        page.find("#sign-out");
        browser.manage().deleteAllCookies();
        page.awaitText("#token-problem", "The session has ended.*");
        page.signIn();
        page.click("#sign-out");
        page.find("#token");
        assertThat(browser.manage().getCookieNamed(COOKIE)).isNull();
    }

    @Test
    void acceptsCookieFromItsOwnPagesOnly() {
        page.signIn();
        String cookie = COOKIE + "=" + sessionCookie().getValue();
        assertThat(status(cookie, "x-retouch-console", "user")).isEqualTo(200);
        assertThat(status(cookie)).isEqualTo(401);
        assertThat(status(cookie, "x-retouch-console", "user", "Sec-Fetch-Site", "cross-site")).isEqualTo(401);
        assertThat(status(cookie, "x-retouch-console", "user", "Sec-Fetch-Site", "same-site")).isEqualTo(401);
        assertThat(status(cookie + "x", "x-retouch-console", "user")).isEqualTo(401);
        assertThat(status(cookie.replaceFirst("=[0-9]", "=9"), "x-retouch-console", "user")).isEqualTo(401);
    }

    private int status(String cookie, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.baseUrl() + "/admin/v1/groups"))
                .header("Cookie", cookie).GET();
        return Endpoint.send(headers.length == 0 ? request : request.headers(headers)).status();
    }

    @Test
    void isUsableInTheDarkOnAPhoneAndInChinese() throws IOException {
        screens.dark(true);
        page.openSignedOut("zh", 1280);
        page.signIn();
        admin.group("nightly", "\"budget\":\"3\"");
        page.open("groups");
        page.awaitText("main", ".*分组.*nightly.*");
        screens.write("console-dark-chinese");
        screens.dark(false);
        page.openSignedOut("en", 500);
        page.signIn();
        page.open("edits");
        page.find("#search");
        assertThat(page.overflow()).isZero();
        screens.write("console-narrow");
    }

    @Test
    void isOffWithoutAdministration() {
        try (RunningGateway off = RunningGateway.start()) {
            assertThat(Endpoint.fetch(off.endpoint().at("/console/")).status()).isEqualTo(404);
            assertThat(Endpoint.fetch(off.endpoint().at("/console/session")).status()).isEqualTo(404);
        }
    }
}
