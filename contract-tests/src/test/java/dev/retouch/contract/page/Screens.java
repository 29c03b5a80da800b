package dev.retouch.contract.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;

import static org.assertj.core.api.Assertions.assertThat;

/** Writes what a browser shows to {@code target/screens}, in light or dark colors, and checks that everyone can use it. */
record Screens(ChromeDriver browser) {

    private static final Path FOLDER = Path.of("target/screens");
    private static final String AXE = axe();

    void dark(boolean dark) {
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features",
                List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** Writes the screen; axe must find nothing serious or critical on it. */
    void write(String name) throws IOException {
        Files.createDirectories(FOLDER);
        Files.write(FOLDER.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
        assertThat(weightyFindings()).as("accessibility of " + name).isEqualTo("[]");
    }

    /** The rules of axe that the page breaks with an impact of serious or critical, with the first elements, as JSON. */
    private String weightyFindings() {
        if (!Boolean.TRUE.equals(browser.executeScript("return typeof axe === 'object'"))) {
            browser.executeScript(AXE);
        }
        return String.valueOf(browser.executeAsyncScript(
                """
                        const done = arguments[0];
                        axe.run().then(({violations}) => done(JSON.stringify(violations
                            .filter(rule => rule.impact === 'serious' || rule.impact === 'critical')
                            .map(rule => ({rule: rule.id, help: rule.help, elements: rule.nodes.slice(0, 3).map(node => node.html)})))),
                          failure => done(String(failure)));"""));
    }

    /** The script of axe-core, which comes with its library for Selenium. */
    private static String axe() {
        try (InputStream script = Screens.class.getClassLoader().getResourceAsStream("axe.min.js")) {
            return new String(Objects.requireNonNull(script, "axe.min.js").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
