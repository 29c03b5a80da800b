package dev.retouch.contract.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.chrome.ChromeDriver;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Chromium;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What each page costs a browser: its scripts, the time until its first paint, and how much moves after it was painted. The time is
 * written to {@code target/screens/pages.txt} and not asserted, because it is that of the machine.
 */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class PageBudgetTest {

    private static final Path REPORT = Path.of("target/screens/pages.txt");
    private static final int MAX_SCRIPT_BYTES = 150 * 1024;
    private static final double NO_SHIFT = 0.01;

    private final RunningGateway gateway;
    private final ChromeDriver browser;
    private final ConsolePage page;

    PageBudgetTest(@TempDir Path folder) throws IOException {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        assertThat(gateway.endpoint().edit(CheapEdit.form()).status()).isEqualTo(200);
        browser = Chromium.start(folder);
        page = new ConsolePage(browser, gateway);
        Files.createDirectories(REPORT.getParent());
        Files.deleteIfExists(REPORT);
    }

    @AfterAll
    void close() {
        browser.quit();
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/playground/", "/console/", "/console/key/"})
    void isSmallAndStill(String path) throws IOException {
        page.openSignedOut("en", 1280);
        if (path.equals("/console/")) {
            page.signIn();
        }
        page.problems(); // those of the pages before
        browser.get(gateway.baseUrl() + path + "?lang=en");
        page.find("html[data-ready]");
        if (path.equals("/console/")) {
            page.find("#chart-hours canvas");
        }
        Map<?, ?> cost = measured();
        List<?> scripts = (List<?>) Objects.requireNonNull(cost.get("scripts"));
        int bytes = 0;
        for (Object script : scripts) {
            bytes += compressed(Endpoint.fetch(URI.create(String.valueOf(script))).body());
        }
        Files.writeString(REPORT,
                path + ": " + scripts.size() + " scripts, " + bytes + " bytes compressed, first paint after "
                        + cost.get("paint") + " ms, layout shift " + cost.get("shift") + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        assertThat(scripts).as("scripts of " + path).hasSizeGreaterThan(5);
        assertThat(bytes).as("compressed bytes of the scripts of " + path).isLessThan(MAX_SCRIPT_BYTES);
        assertThat(((Number) Objects.requireNonNull(cost.get("shift"))).doubleValue())
                .as("layout shift of " + path + ": " + cost.get("shifted"))
                .isLessThan(NO_SHIFT);
        assertThat(page.problems()).as("the browser's log of " + path).isEmpty();
    }

    /** Waits until the page is quiet, and reads what the browser recorded since its start. */
    private Map<?, ?> measured() {
        return (Map<?, ?>) browser.executeAsyncScript(
                """
                        const done = arguments[0];
                        let shift = 0;
                        const shifted = [];
                        const observer = new PerformanceObserver(list => list.getEntries().forEach(entry => {
                          shift += entry.value;
                          entry.sources.forEach(({node}) => shifted.push(node?.outerHTML?.slice(0, 120) ?? 'text'));
                        }));
                        observer.observe({type: 'layout-shift', buffered: true});
                        setTimeout(() => {
                          const scripts = performance.getEntriesByType('resource').map(({name}) => name.split('?')[0]).filter(name => name.endsWith('.js'));
                          const [paint] = performance.getEntriesByName('first-contentful-paint');
                          done({shift, shifted, paint: Math.round(paint?.startTime ?? -1), scripts: [...new Set(scripts)]});
                        }, 500);""");
    }

    private static int compressed(byte[] script) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(script);
        }
        return bytes.size();
    }
}
