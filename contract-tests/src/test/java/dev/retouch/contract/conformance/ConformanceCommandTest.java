package dev.retouch.contract.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** How the command is used: what it runs, what it asks consent for, what it waits for, how it ends. */
@ExtendWith(Gateways.class)
class ConformanceCommandTest {

    private static final String KEY = "sk-test-9c41b84e0f55a0c1";
    private static final String EDITED = "{\"created\":1,\"data\":[{\"b64_json\":\""
            + Base64.getEncoder().encodeToString(
                    Pictures.opaque(256, 256))
            + "\"}]}";

    @TempDir
    private Path folder = Path.of(".");

    private Ran ran(String key, String... arguments) {
        return Ran.at(folder.resolve("report"), key, arguments);
    }

    @Test
    void unreachableEndpointWritesNoReport() throws IOException {
        Ran ran = ran(KEY, "--base-url", "http://127.0.0.1:1");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("The endpoint cannot be reached: nobody listens at 127.0.0.1:1.");
        assertThat(folder.resolve("report")).doesNotExist();
    }

    @Test
    void refusedKeyIsReported(RunningGateway gateway) {
        Ran ran = ran(KEY, "--base-url", gateway.baseUrl().toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("The endpoint refuses the key").doesNotContain(KEY);
    }

    @Test
    void commandLineMistakesAreReported() {
        assertMistake(ran(KEY), "Which endpoint? Say --base-url.");
        assertMistake(ran("", "--base-url", "http://127.0.0.1:1"), "Which key? Put it into RETOUCH_KEY");
        assertMistake(ran(KEY, "--base-url", "ftp://example.com"), "is no http or https address");
        assertMistake(ran(KEY, "--base-url", "http://u:p@example.com"), "no user, query or fragment");
        assertMistake(ran(KEY, "--base-url", "http://127.0.0.1:1", "--key-file", "nowhere"), "no key file nowhere");
        assertMistake(ran(KEY, "--base-url", "http://127.0.0.1:1", "--key", "a", "--key-file", "b"), "Choose one of");
        assertMistake(ran(KEY, "--base-url", "http://127.0.0.1:1", "--dialect", "F"),
                "There is no row 'F'. There are: A");
        assertMistake(ran(KEY, "--base-url", "http://127.0.0.1:1", "--only", "nothing-like-it"), "No case is called");
        assertMistake(ran(KEY, "--base-url", "http://127.0.0.1:1", "--pay"), "Unknown option: '--pay'");
    }

    private static void assertMistake(Ran ran, String message) {
        assertThat(ran.err()).contains(message);
        assertThat(ran.exitCode()).isEqualTo(2);
    }

    @Test
    void casesAreShownWithoutRunningThem() {
        Ran ran = ran("", "--list", "--dialect", "links,models");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).contains("links/forged", "models/list", "paid").doesNotContain("A/form");
    }

    @Test
    void sendsNoPaidEditWithoutConsent(RunningGateway gateway) throws IOException {
        Path keyFile = Files.writeString(folder.resolve("key"), gateway.endpoint().key() + "\n");
        int before = gateway.sandbox().journal().entries().size();
        Ran ran = ran("", "--base-url", gateway.baseUrl() + "/v1/", "--key-file", keyFile.toString(), "--only",
                "C/*,streaming/*");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(gateway.sandbox().journal().entries()).hasSize(before);
        assertThat(ran.found("C/form").path("reason").asText()).isEqualTo("would cost money; say --paid");
        assertThat(ran.ended("passed")).contains("C/not-square", "C/n-11", "streaming/refused-before-it-begins");
        assertThat(ran.err().lines().findFirst()).hasValueSatisfying(
                line -> assertThat(line).containsPattern("^\\d+ paid cases are not run without --paid; with it they may"
                        + " cost about 0\\.\\d\\d USD at the list prices of 2026-11\\."));
        assertThat(ran.html()).contains("not run without --paid");
    }

    @Test
    void consentComesWithAnEstimateBeforeTheStart(RunningGateway gateway) {
        Ran ran = ran("", "--base-url", gateway.baseUrl().toString(), "--key", gateway.endpoint().key(), "--paid",
                "--only", "C/size-256x256");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err().lines()).hasSize(2).first().asString().startsWith("1 paid case may cost about 0.02 USD");
        assertThat(ran.err().lines()).element(1).asString().matches("1/1  passed   C/size-256x256 +\\d+ ms");
        assertThat(ran.out()).contains("The report: ").contains("report.html");
    }

    @Test
    void withNothingToRunNothingIsProved(RunningGateway gateway) {
        Ran ran = ran(gateway.endpoint().key(), "--base-url", gateway.baseUrl().toString(), "--only", "C/size-256x256");
        assertMistake(ran, "nothing was run");
    }

    @Test
    void differencesAreReportedInASentence() {
        try (OddEndpoint odd = new OddEndpoint(asked -> asked.json(418, "{\"error\":\"teapot\"}"))) {
            Ran ran = ran(KEY, "--base-url", odd.url(), "--only", "C/no-prompt,C/form", "--paid");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err()).contains("1/2  differs  C/form").contains("status: expected 200, got 418");
            assertThat(ran.found("C/no-prompt").path("differences").toString()).contains("\"what\":\"status\"",
                    "\"expected\":\"400\"", "\"got\":\"418\"");
            assertThat(ran.found("C/no-prompt").at("/answer/status").asInt()).isEqualTo(418);
        }
    }

    /** Without --paid an endpoint's mistakes must not cost money. */
    @Test
    void firstUnexpectedEditStopsTheRefusalCases() {
        try (OddEndpoint odd = new OddEndpoint(asked -> asked.json(200, EDITED))) {
            Ran ran = ran(KEY, "--base-url", odd.url(), "--dialect", "C");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.found("C/nothing-may-change").path("state").asText()).isEqualTo("differs");
            assertThat(ran.found("C/not-square").path("reason").asText()).contains("edits what it should refuse");
            assertThat(ran.found("C/no-image").path("state").asText()).as("costs nothing, having no image")
                    .isEqualTo("differs");
        }
    }

    @Test
    void aRateLimitIsWaitedForAndNoDifference() {
        try (OddEndpoint odd = new OddEndpoint(asked -> {
            if (asked.number() % 2 == 0) {
                asked.answerHeaders().set("Retry-After", "2");
                asked.json(429, "{}");
            } else {
                asked.json(400, """
                        {"error":{"message":"'prompt'","type":"invalid_request_error","param":"prompt",
                         "code":"missing_required_parameter"}}""");
            }
        })) {
            Ran ran = ran(KEY, "--base-url", odd.url(), "--only", "C/no-prompt");
            assertThat(ran.exitCode()).as(ran.err()).isZero();
            assertThat(ran.waited()).containsExactly(Duration.ofSeconds(2));
        }
    }

    @Test
    void timesOut() {
        try (OddEndpoint odd = new OddEndpoint(asked -> {
            asked.answerHeaders().set("Retry-After", "50");
            asked.json(503, "{}");
        })) {
            Ran ran = ran(KEY, "--base-url", odd.url(), "--only", "C/no-prompt");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err()).contains("expected 400, got 503");
            assertThat(ran.waited()).containsExactly(Duration.ofSeconds(50), Duration.ofSeconds(50));
        }
    }

    @Test
    void anAnswerThatDoesNotComeIsADifference() {
        try (OddEndpoint odd = new OddEndpoint(asked -> asked.exchange().getRequestMethod())) {
            Ran ran = ran(KEY, "--base-url", odd.url(), "--only", "C/no-prompt,C/no-image", "--timeout", "1");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.ended("differs")).hasSize(2);
            assertThat(ran.err()).contains("answer: expected one, got no");
        }
    }

    @Test
    void casesOfOnesOwnAreRunAfterTheOthers(RunningGateway gateway) throws IOException {
        Path own = Files.createDirectory(folder.resolve("own"));
        Files.write(own.resolve("cat.png"), Pictures.withHole(256, 256));
        Files.writeString(own.resolve("mine.yaml"), """
                row: mine
                title: what our team needs
                cases:
                  - name: cat-${size}
                    shows: A cat in ${size}.
                    paid: true
                    each: [{size: 256x256}, {size: 512x512}]
                    send:
                      form: [{model: old-name}, {image: '@cat.png'}, {prompt: a hat}, {size: '${size}'}]
                    expect:
                      status: 200
                      images: {count: 1, size: '${size}', as: url}
                  - name: no-dog
                    shows: Nothing here is a dog.
                    send: {path: models/dog}
                    expect: {status: 404}
                """);
        Ran ran = ran(gateway.endpoint().key(), "--base-url", gateway.baseUrl().toString(), "--cases", own.toString(),
                "--model", "old-name=dall-e-2", "--dialect", "mine,models", "--paid");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.ended("passed")).endsWith("mine/cat-256x256", "mine/cat-512x512", "mine/no-dog");
        assertThat(ran.json().path("rows").findValuesAsText("name")).isEqualTo(List.of("models", "mine"));
        assertThat(ran.html()).contains("what our team needs", "model=dall-e-2", "image=@cat.png");
    }

    @Test
    void mistakeInAnOwnCaseIsReported() throws IOException {
        Path own = Files.createDirectory(folder.resolve("own"));
        Files.writeString(own.resolve("mine.yaml"),
                "row: mine\ncases:\n  - {name: x, send: {}, expect: {}, shows: s}\n");
        assertMistake(ran(KEY, "--base-url", "http://127.0.0.1:1", "--cases", own.toString()),
                "mine.yaml, case 'x', 'expect' needs a 'status'");
    }
}
