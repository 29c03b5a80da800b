package dev.retouch.contract.page;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.chrome.ChromeDriver;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Chromium;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The list of edits of the console with ten thousand rows: all of them can be scrolled to, few of them are elements, and the page never
 * stops for long. A slower machine gets more time, by the time that a fixed piece of work takes in its browser.
 */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class EditListTest {

    private static final int EDITS = 10_000;
    /** The longest time in milliseconds without a frame, on a machine on which the fixed work takes {@link #USUAL_WORK}. */
    private static final long MAX_PAUSE = Long.getLong("retouch.pages.max-pause", 100);
    private static final double USUAL_WORK = 60;
    /** While pages are loaded, a pause may be longer by this factor: the pages are also read and joined. */
    private static final int LOADING = 3;

    private final RunningGateway gateway;
    private final ChromeDriver browser;
    private final ConsolePage page;

    EditListTest(@TempDir Path folder) {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        browser = Chromium.start(folder);
        browser.manage().timeouts().scriptTimeout(Duration.ofMinutes(2));
        page = new ConsolePage(browser, gateway);
    }

    @AfterAll
    void close() {
        browser.quit();
        gateway.close();
    }

    /** Copies an edit, so that there are ten thousand, a second apart. */
    private void copy(String edit) throws SQLException {
        try (Connection connection = DriverManager
                .getConnection("jdbc:sqlite:" + gateway.dataDir().resolve("retouch.db"));
                Statement statement = connection.createStatement()) {
            List<String> columns = new ArrayList<>();
            try (ResultSet found = statement.executeQuery("SELECT name FROM pragma_table_info('edits')")) {
                while (found.next()) {
                    columns.add(found.getString(1));
                }
            }
            List<String> values = columns.stream().map(column -> switch (column) {
                case "id" -> "id || '-' || number";
                case "created_at", "decided_at" -> column + " - 1000 * number";
                default -> column;
            }).toList();
            try (PreparedStatement copies = connection.prepareStatement(
                    "WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < "
                            + (EDITS - 1) + ") INSERT INTO edits (" + String.join(", ", columns) + ") SELECT "
                            + String.join(", ", values) + " FROM edits, numbers WHERE id = ?")) {
                copies.setString(1, edit);
                assertThat(copies.executeUpdate()).isEqualTo(EDITS - 1);
            }
        }
    }

    @Test
    void scrollsTenThousandEditsWithoutPauses() throws SQLException, IOException {
        Endpoint client = Admin.of(gateway).group("many", "").key("many", "");
        copy(client.edit(CheapEdit.form()).header("x-request-id").orElseThrow());
        page.openSignedOut("en", 1280);
        page.signIn();
        page.problems(); // those of the page without a session
        page.open("edits");
        page.find("#edits tbody tr");
        double work = work();
        Map<?, ?> loaded = scroll(true);
        assertThat(loaded.get("rows")).as("rows of the table, its head included").isEqualTo((long) EDITS + 1);
        Map<?, ?> scrolled = scroll(false);
        System.out
                .println("edits=" + EDITS + " work-ms=" + work + " while-loading=" + loaded + " scrolling=" + scrolled);
        assertThat((Long) Objects.requireNonNull(scrolled.get("elements"))).as("rows that are elements")
                .isLessThan(200);
        assertThat(page.find("#edits tbody tr:last-of-type").getDomAttribute("aria-rowindex")).isEqualTo(
                Integer.toString(EDITS + 1));
        double allowed = MAX_PAUSE * Math.max(1, work / USUAL_WORK);
        assertThat(longest(scrolled))
                .as("longest task in milliseconds, work took " + work)
                .isLessThan(allowed);
        assertThat(longest(loaded)).as("longest task in milliseconds while pages load")
                .isLessThan(allowed * LOADING);
        new Screens(browser).write("console-many-edits");
        assertThat(page.problems()).isEmpty();
    }

    private static double longest(Map<?, ?> scrolled) {
        return ((Number) Objects.requireNonNull(scrolled.get("longest"))).doubleValue();
    }

    /** Milliseconds that a fixed piece of work takes in this browser on this machine. */
    private double work() {
        return ((Number) browser.executeScript("""
                const start = performance.now();
                let sum = 0;
                for (let i = 0; i < 2e7; i++) sum = (sum * 31 + i) % 1000003;
                return sum >= 0 ? performance.now() - start : 0;""")).doubleValue();
    }

    /**
     * Scrolls from the top to the end, a screen in each frame.
     *
     * @param loading whether to wait at the end for the rows that are not loaded
     */
    private Map<?, ?> scroll(boolean loading) {
        return (Map<?, ?>) browser.executeAsyncScript(
                """
                        const [loading, all, done] = arguments;
                        const rows = () => Number(document.querySelector('#edits').getAttribute('aria-rowcount'));
                        let longest = 0;
                        const observer = new PerformanceObserver(list => list.getEntries().forEach(entry => longest = Math.max(longest, entry.duration)));
                        observer.observe({type: 'longtask'});
                        scrollTo({top: 0, behavior: 'instant'});
                        const step = () => {
                          scrollBy({top: innerHeight, behavior: 'instant'});
                          const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
                          if (!atEnd || (loading && rows() <= all)) return requestAnimationFrame(step);
                          setTimeout(() => {
                            observer.takeRecords().forEach(entry => longest = Math.max(longest, entry.duration));
                            observer.disconnect();
                            done({longest, rows: rows(), elements: document.querySelectorAll('#edits tbody tr').length});
                          }, 200);
                        };
                        requestAnimationFrame(step);""",
                loading, EDITS);
    }
}
