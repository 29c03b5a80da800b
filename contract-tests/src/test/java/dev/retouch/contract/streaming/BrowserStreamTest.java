package dev.retouch.contract.streaming;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;

import dev.retouch.contract.harness.Chromium;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario.Delay;

import static org.assertj.core.api.Assertions.assertThat;

/** A page reads a stream with what browsers have for that: {@code fetch} and a reader of the answer's body. */
@TestInstance(Lifecycle.PER_CLASS)
class BrowserStreamTest {

    /** Between two events; a browser that got them together would have read them much closer to each other. */
    private static final Duration PAUSE = Duration.ofMillis(700);

    /** The next event is so late that the upstream cannot have noticed the disconnect through it. */
    private static final Duration LONG = Duration.ofSeconds(40);

    /** Returns the name and time of each event, and stops reading after {@code most} of them. */
    private static final String READ = """
            const [key, image, most, done] = arguments;
            (async () => {
              const form = new FormData();
              form.append("prompt", "a red balloon");
              form.append("size", "1024x640");
              form.append("quality", "low");
              form.append("stream", "true");
              form.append("partial_images", "2");
              form.append("image", new Blob([Uint8Array.from(atob(image), c => c.charCodeAt(0))]), "image.png");
              const leaving = new AbortController();
              const answer = await fetch("/v1/images/edits",
                  {method: "POST", body: form, headers: {Authorization: "Bearer " + key}, signal: leaving.signal});
              const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
              const events = [];
              let text = "";
              while (events.length < most) {
                const {value, done: over} = await reader.read();
                if (over) break;
                text += value;
                for (let end; (end = text.indexOf("\\n\\n")) >= 0; text = text.slice(end + 2)) {
                  const lines = text.slice(0, end).split("\\n");
                  const data = lines.filter(line => line.startsWith("data:")).map(line => line.slice(5)).join("\\n");
                  if (!data) continue;
                  const event = JSON.parse(data);
                  events.push({name: event.type, at: performance.now(),
                      index: event.partial_image_index ?? -1, image: event.b64_json.length});
                }
              }
              leaving.abort();
              return {status: answer.status, type: answer.headers.get("content-type"),
                  id: answer.headers.get("x-request-id"), events};
            })().then(done, error => done({failure: String(error)}));
            """;

    private final RunningGateway gateway;
    private final ChromeDriver browser;

    BrowserStreamTest(@TempDir Path folder) {
        Gateways.ownOnly();
        browser = Chromium.start(folder);
        gateway = RunningGateway.start();
        browser.manage().timeouts().scriptTimeout(Duration.ofSeconds(30));
        browser.get(gateway.baseUrl() + "/docs");
    }

    @AfterAll
    void stop() {
        browser.quit();
        gateway.close();
    }

    @Test
    void eventsAreReadAsTheyCome() {
        gateway.sandbox().scenarios().next(new Delay(Duration.ZERO, PAUSE));
        Map<?, ?> read = read(10);

        assertThat(read.get("failure")).isNull();
        assertThat(read.get("status")).isEqualTo(200L);
        assertThat(String.valueOf(read.get("type"))).startsWith("text/event-stream");
        assertThat(String.valueOf(read.get("id"))).startsWith("req_");
        List<?> events = (List<?>) Objects.requireNonNull(read.get("events"));
        assertThat(events).extracting(event -> field(event, "name")).containsExactly("image_edit.partial_image",
                "image_edit.partial_image", "image_edit.completed");
        assertThat(events).extracting(event -> field(event, "index")).containsExactly(0L, 1L, -1L);
        assertThat(events).allSatisfy(event -> assertThat((Long) field(event, "image")).isPositive());
        for (int at = 1; at < events.size(); at++) {
            assertThat(time(events.get(at)) - time(events.get(at - 1))).isGreaterThan(PAUSE.toMillis() / 2.0);
        }
    }

    /** A visitor closes the tab. Aborting the request in the script is not enough: the browser may keep the connection for seconds. */
    @Test
    void aPageThatIsClosedEndsTheEdit() {
        gateway.sandbox().scenarios().next(new Delay(Duration.ZERO, LONG));
        String first = browser.getWindowHandle();
        browser.switchTo().newWindow(WindowType.TAB).get(gateway.baseUrl() + "/docs");
        Map<?, ?> read = read(1);
        browser.close();
        browser.switchTo().window(first);

        assertThat(read.get("failure")).isNull();
        assertThat((List<?>) Objects.requireNonNull(read.get("events"))).hasSize(1);
        Awaitility.await().atMost(LONG.dividedBy(2)).untilAsserted(() -> {
            assertThat(gateway.lastSeenUpstream().outcome()).isEqualTo(Outcome.CLIENT_GONE);
            assertThat(gateway.temporaryFiles()).isEmpty();
        });
        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            Awaitility.await().atMost(LONG).until(() -> books.edits("state IN ('held', 'undecided')") == 0);
            books.assertSound();
        }
    }

    private Map<?, ?> read(int most) {
        Object read = browser.executeAsyncScript(READ, gateway.endpoint().key(),
                Base64.getEncoder().encodeToString(Fixtures.image()), most);
        return (Map<?, ?>) Objects.requireNonNull(read);
    }

    private static Object field(Object event, String name) {
        return Objects.requireNonNull(((Map<?, ?>) event).get(name));
    }

    private static double time(Object event) {
        return ((Number) field(event, "at")).doubleValue();
    }
}
