package dev.retouch.contract.conformance;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;

import dev.retouch.contract.harness.Chromium;

import static org.assertj.core.api.Assertions.assertThat;

/** What an endpoint answers is data: it neither becomes markup, nor gives a key away, nor ends the run. */
class HostileAnswerTest {

    private static final String KEY = "sk-proj-Zx81bQw7Lr5Tn2Vk9Hd3Jm6P";
    private static final String MARKUP = "</pre></style><script>document.title='owned'</script><img src=x onerror=alert(1)>";

    @TempDir
    private Path folder = Path.of(".");

    private Ran ran(OddEndpoint odd, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "--base-url";
        arguments[1] = odd.url();
        arguments[2] = "--paid";
        System.arraycopy(more, 0, arguments, 3, more.length);
        return Ran.at(folder.resolve("report"), KEY, arguments);
    }

    @Test
    void markupStaysText() {
        try (OddEndpoint odd = new OddEndpoint(asked -> {
            asked.answerHeaders().set("X-" + "Note", MARKUP);
            switch (asked.number()) {
                case 0 -> asked.json(400, "{\"error\":{\"message\":\"" + MARKUP + "\",\"type\":\"" + MARKUP
                        + "\",\"param\":null,\"code\":\"\\u202e\\u0000" + MARKUP + "\"},\"" + MARKUP + "\":1}");
                case 1 -> asked.answer(200, "text/event-stream", ("event: " + MARKUP + "\ndata: " + MARKUP + "\n\n")
                        .getBytes(StandardCharsets.UTF_8));
                case 2 -> asked.json(200, "{\"data\":[{\"url\":\"javascript:alert(1)//" + MARKUP + "\"}]}");
                default -> asked.answer(500, "text/html", MARKUP.getBytes(StandardCharsets.UTF_8));
            }
        })) {
            Ran ran = ran(odd, "--only", "C/no-prompt,B/stream,C/form,C/no-image");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.html()).doesNotContain("<script", "<img src=x", "\u202e", "\u0000")
                    .contains("&lt;script&gt;");
            assertShowsNothingOfIt(ran);
        }
    }

    private void assertShowsNothingOfIt(Ran ran) {
        ChromeDriver browser = Chromium.start(folder);
        try {
            browser.get(ran.folder().resolve("report.html").toAbsolutePath().toUri().toString());
            assertThat(browser.getTitle()).startsWith("Conformance of 127.0.0.1");
            assertThat(browser.findElements(By.tagName("script"))).isEmpty();
            assertThat(browser.findElements(By.cssSelector("img[src=x], a[href^=javascript]"))).isEmpty();
            assertThat(browser.findElements(By.cssSelector("details.case.differs"))).hasSize(4);
        } finally {
            browser.quit();
        }
    }

    @Test
    void theKeyIsNowhere() {
        String half = KEY.substring(10, 24);
        String basic = Base64.getEncoder().encodeToString(KEY.getBytes(StandardCharsets.UTF_8));
        try (OddEndpoint odd = new OddEndpoint(asked -> {
            asked.answerHeaders().set("X-Echo", asked.header("Authorization"));
            asked.answerHeaders().set("X-Basic", basic);
            if (asked.number() == 0) {
                asked.json(401,
                        "{\"error\":{\"message\":\"Incorrect API key provided: sk-pr***********" + KEY.substring(26)
                                + ". " + half + "\",\"type\":\"" + KEY + "\",\"param\":null,\"code\":\""
                                + "x".repeat(40) + KEY
                                + "x".repeat(400) + "\"},\"" + KEY + "\":0}");
            } else {
                asked.answer(500, "text/plain", ("a".repeat(5_990) + KEY + "b").getBytes(StandardCharsets.UTF_8));
            }
        })) {
            Ran ran = ran(odd, "--only", "C/no-prompt,C/no-image");
            assertThat(ran.exitCode()).isEqualTo(1);
            for (String written : new String[]{ran.html(), ran.jsonText(), ran.err(), ran.out()}) {
                assertThat(written).doesNotContain(KEY.substring(8, 14), KEY.substring(16, 22), KEY.substring(24), basic
                        .substring(8, 24));
            }
            assertThat(ran.found("C/no-prompt").at("/answer/body").asText()).contains("[key]");
        }
    }

    @Test
    void signaturesOfLinksAreCutShort() {
        String signature = "4Yf0m0W5m3nq8c1h0l2T0fXb0n2f6o0qk1J6yYxV1dE";
        try (OddEndpoint odd = new OddEndpoint(asked -> asked.json(200, "{\"data\":[{\"url\":\"http://127.0.0.1:1/a.png"
                + "?expires=1795255200&signature=" + signature + "\"}]}"))) {
            Ran ran = ran(odd, "--only", "C/form");
            assertThat(ran.html() + ran.jsonText()).doesNotContain(signature.substring(10)).contains("4Yf0m0…",
                    "expires=1795255200");
            assertThat(ran.err()).contains("differs");
        }
    }

    /** Its header says that it is sixty thousand pixels wide and high. */
    @Test
    void anImageThatWouldFillTheMemoryIsNone() throws IOException {
        String bomb = Base64.getEncoder().encodeToString(hugePng());
        try (OddEndpoint odd = new OddEndpoint(asked -> asked.json(200, "{\"created\":1,\"data\":[{\"b64_json\":\""
                + bomb
                + "\"},{\"b64_json\":\"no base64!\"},{\"b64_json\":\"\"},{\"url\":\"\"},{\"url\":\"a b\"},7,null]}"))) {
            Ran ran = ran(odd, "--only", "C/form");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.found("C/form").at("/answer/images")).hasSize(5)
                    .allSatisfy(image -> assertThat(image.path("facts").asText()).containsPattern(
                            "^(no picture|a link to nothing): "));
        }
    }

    private static byte[] hugePng() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(file);
        out.write(new byte[]{(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        chunk(out, "IHDR", new byte[]{0, 0, (byte) 0xEA, 0x60, 0, 0, (byte) 0xEA, 0x60, 8, 2, 0, 0, 0});
        chunk(out, "IDAT", new byte[]{0x78, (byte) 0x9C, 3, 0, 0, 0, 0, 1});
        chunk(out, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(type.getBytes(StandardCharsets.US_ASCII));
        sum.update(data);
        out.writeInt(data.length);
        out.writeBytes(type);
        out.write(data);
        out.writeInt((int) sum.getValue());
    }
}
