package dev.retouch.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever comes in, a clear envelope goes out at once, nothing stays behind, and the next edit works. */
@TestInstance(Lifecycle.PER_CLASS)
class RubbishTest {

    /** Shorter than every timeout of the gateway, so that none of them was waited for. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    private static final Form EDIT = Form.ofInput().example("mask", "mask.png");

    /** Something that must be refused. */
    private record Rubbish(String name, int status, String code, Function<Endpoint, Reply> request) {}

    private final Contract contract = new Contract();
    private final RunningGateway gateway;

    RubbishTest() {
        Gateways.ownOnly();
        // parts above a few bytes go to files, so that files could be left behind
        gateway = RunningGateway.start(Map.of("RETOUCH_HTTP_MEMORY_PER_IMAGE", "1KB"));
    }

    @BeforeAll
    void warmUp() {
        gateway.endpoint().edit(EDIT);
        rubbish().stream().map(each -> each.request().apply(gateway.endpoint()))
                .forEach(answer -> assertThat(answer).isNotNull());
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @TestFactory
    Stream<DynamicTest> isRefusedAtOnceInTheOneEnvelope() {
        return rubbish().stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> {
            ResourceSnapshot before = ResourceSnapshot.of(gateway);
            long start = System.nanoTime();
            Reply reply = each.request().apply(gateway.endpoint());
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            JsonNode error = reply.error();
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(each.status());
            assertThat(error.path("code").asText()).as(reply.beginning()).isEqualTo(each.code());
            assertThat(error.path("type").asText()).isEqualTo(contract.error(each.code()).path("type").asText());
            assertThat(reply.header("x-request-id").orElse("")).startsWith("req_");
            assertThat(reply.text()).doesNotContain("Exception", "jetty", "jersey", "jackson", "\tat ");
            contract.assertValid("ErrorEnvelope", reply.text());
            assertThat(took).isLessThan(AT_ONCE);
            before.assertNothingMore();
        }));
    }

    @Test
    void rubbishLeavesNothingAndTheNextEditWorks() {
        ResourceSnapshot before = ResourceSnapshot.of(gateway);
        for (int round = 0; round < 10; round++) {
            rubbish().stream().map(each -> each.request().apply(gateway.endpoint()))
                    .forEach(answer -> assertThat(answer).isNotNull());
        }
        before.assertNothingMore();
        assertThat(gateway.endpoint().edit(EDIT).images()).hasSize(1);
    }

    @Test
    void disconnectsDuringABodyLeaveNothing() throws IOException {
        ResourceSnapshot before = ResourceSnapshot.of(gateway);
        byte[] body = EDIT.bytes();
        for (int round = 0; round < 20; round++) {
            try (RawConnection client = new RawConnection(gateway.endpoint())) {
                client.send(RawConnection.head(gateway.endpoint(), "Content-Type: " + EDIT.contentType(),
                        "Content-Length: " + body.length)).send(Arrays.copyOf(body, body.length / 2));
                if (round % 2 == 0) {
                    client.reset();
                }
            }
        }
        before.assertNothingMore();
        assertThat(gateway.endpoint().edit(EDIT).images()).hasSize(1);
    }

    @Test
    void allowHeaderListsTheMethodsOfAPath() {
        for (String method : List.of("GET", "PUT", "DELETE", "PATCH")) {
            Reply reply = Endpoint.send(gateway.endpoint().request(Endpoint.EDITS).method(method,
                    HttpRequest.BodyPublishers.noBody()));
            assertThat(reply.status()).as(method).isEqualTo(405);
            assertThat(reply.header("allow").orElse("").split(", *")).as(method).contains("POST")
                    .doesNotContain(method);
            assertThat(reply.error().path("message").asText()).contains("does not support " + method + ". Use ");
        }
    }

    @Test
    void requestWithoutItsBodyTimesOut() throws IOException {
        try (RunningGateway impatient = RunningGateway.start(Map.of("RETOUCH_HTTP_IDLE_TIMEOUT", "300ms"))) {
            ResourceSnapshot before = ResourceSnapshot.of(impatient);
            for (String type : List.of("application/json", EDIT.contentType())) {
                try (RawConnection client = new RawConnection(impatient.endpoint())) {
                    Reply reply = client.send(RawConnection.head(impatient.endpoint(), "Content-Type: " + type,
                            "Content-Length: 1000")).send("{").reply();
                    assertThat(reply.status()).as(reply.beginning()).isEqualTo(408);
                    assertThat(reply.error().path("code").asText()).isEqualTo("request_timeout");
                    assertThat(reply.header("x-should-retry")).contains("true");
                    assertThat(reply.header("retry-after")).contains("1");
                }
            }
            before.assertNothingMore();
            assertThat(impatient.endpoint().edit(EDIT).images()).hasSize(1);
        }
    }

    private static List<Rubbish> rubbish() {
        List<Rubbish> all = new ArrayList<>();
        bodies(all);
        doors(all);
        json(all);
        wires(all);
        return all;
    }

    private static void bodies(List<Rubbish> all) {
        byte[] whole = EDIT.bytes();
        all.add(body("an empty form", 400, "missing_required_parameter", EDIT.contentType(), new byte[0]));
        all.add(body("an empty document", 400, "malformed_body", "application/json", new byte[0]));
        all.add(body("a form without a boundary", 400, "malformed_body", "multipart/form-data", whole));
        all.add(body("a form with another boundary", 400, "malformed_body", "multipart/form-data; boundary=x", whole));
        all.add(body("half a form", 400, "malformed_body", EDIT.contentType(),
                Arrays.copyOf(whole, whole.length / 2)));
        all.add(body("a form without its last line", 400, "malformed_body", EDIT.contentType(),
                Arrays.copyOf(whole, whole.length - 4)));
        all.add(body("a part without a name", 400, "malformed_body", "multipart/form-data; boundary=x",
                ascii("--x\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--x--\r\n")));
        all.add(body("text as an image", 400, "unsupported_file_mimetype", Form.ofInput().contentType(),
                Form.empty().text("prompt", "p").file("image", "a.png", "image/png", ascii("no image")).bytes()));
        all.add(body("a picture as a document", 400, "malformed_body", "application/json",
                Contract.example("input.png")));
        all.add(body("xml", 415, "unsupported_media_type", "application/xml", ascii("<edit/>")));
        all.add(body("a urlencoded form", 415, "unsupported_media_type", "application/x-www-form-urlencoded",
                ascii("prompt=p")));
        all.add(body("a content type that is none", 415, "unsupported_media_type", "nonsense", ascii("x")));
        all.add(body("a content type with a weight that is none", 415, "unsupported_media_type",
                "application/json; Q=high", ascii("{}")));
        all.add(new Rubbish("a content type of no body, with a weight that is none", 415, "unsupported_media_type",
                gateway -> Endpoint
                        .send(gateway.request("/v1/models").header("Content-Type", "text/plain;q=2").GET())));
        all.add(new Rubbish("an accept header that is none", 400, "malformed_request", gateway -> Endpoint
                .send(gateway.request("/v1/models").header("Accept", "application/json;q=high").GET())));
        all.add(new Rubbish("no content type", 415, "unsupported_media_type", gateway -> RawConnection
                .exchange(gateway, RawConnection.head(gateway, "Content-Length: 2") + "{}")));
        all.add(new Rubbish("no content type and no body", 415, "unsupported_media_type",
                gateway -> RawConnection.exchange(gateway, RawConnection.head(gateway, "Content-Length: 0"))));
    }

    private static void doors(List<Rubbish> all) {
        all.add(new Rubbish("no key", 401, "invalid_api_key",
                gateway -> RawConnection.exchange(gateway, RawConnection.head(gateway, "Authorization:",
                        "Content-Type: application/json", "Content-Length: 2") + "{}")));
        all.add(new Rubbish("a wrong key", 401, "invalid_api_key",
                gateway -> RawConnection.exchange(gateway, RawConnection.head(gateway, "Authorization: Bearer sk-wrong",
                        "Content-Type: application/json", "Content-Length: 2") + "{}")));
        all.add(new Rubbish("a wrong key whose body never comes", 401, "invalid_api_key",
                gateway -> RawConnection.exchange(gateway, RawConnection.head(gateway, "Authorization: Bearer sk-wrong",
                        "Content-Type: " + EDIT.contentType(), "Content-Length: 100000000"))));
        all.add(new Rubbish("another way to identify", 401, "invalid_api_key",
                gateway -> RawConnection.exchange(gateway, RawConnection.head(gateway,
                        "Authorization: Basic c2s6", "Content-Type: application/json", "Content-Length: 2") + "{}")));
        all.add(new Rubbish("an unknown path", 404, "path_not_found", gateway -> gateway.get("/v1/images/edit")));
        all.add(new Rubbish("a wrong method", 405, "method_not_allowed", gateway -> gateway.get(Endpoint.EDITS)));
        all.add(new Rubbish("a body that is announced too large", 413, "content_too_large",
                gateway -> RawConnection.exchange(gateway, RawConnection.head(gateway,
                        "Content-Type: " + EDIT.contentType(), "Content-Length: 999999999999"))));
    }

    private static void json(List<Rubbish> all) {
        Map<String, String> documents = Map.of("nothing but blanks", "  \n", "garbage", "{]", "an array", "[]", "null",
                "null", "a string", "\"prompt\"", "a number", "7", "half a document", "{\"prompt\":\"a",
                "deep nesting", "[".repeat(100_000), "two documents", "{} {}", "a key twice",
                "{\"prompt\":\"a\",\"prompt\":\"b\"}");
        documents.forEach((name, text) -> all
                .add(body("json: " + name, 400, "malformed_body", "application/json", ascii(text))));
        all.add(body("json: deep nesting inside", 400, "invalid_type", "application/json",
                ascii("{\"images\":" + "[".repeat(100_000))));
        all.add(body("json: no utf-8", 400, "malformed_body", "application/json",
                new byte[]{'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'}));
    }

    private static void wires(List<Rubbish> all) {
        all.add(wire("bad percent-encoding", 400, "GET /v1/models/%zz HTTP/1.1\r\nHost: x\r\n\r\n"));
        all.add(wire("half a percent-encoding", 400, "GET /files/%2 HTTP/1.1\r\nHost: x\r\n\r\n"));
        all.add(wire("a way out of the path", 400, "GET /docs/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n"));
        all.add(wire("a huge header", 431,
                "GET /v1/models HTTP/1.1\r\nHost: x\r\nx-long: " + "a".repeat(20_000) + "\r\n\r\n"));
        all.add(wire("a huge path", 414, "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"));
        all.add(wire("no host", 400, "GET /v1/models HTTP/1.1\r\n\r\n"));
        all.add(wire("no http", 400, "\u0001\u0002\u0003 nonsense\r\n\r\n"));
        all.add(wire("another version", 505, "GET /v1/models HTTP/7.3\r\nHost: x\r\n\r\n"));
        all.add(wire("a length that is no number", 400,
                "POST /v1/images/edits HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n"));
        all.add(wire("two lengths", 400,
                "POST /v1/images/edits HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"));
        all.add(new Rubbish("a broken chunk", 400, "malformed_request",
                gateway -> RawConnection.exchange(gateway, RawConnection.head(gateway,
                        "Content-Type: application/json", "Transfer-Encoding: chunked") + "zz\r\n{}\r\n")));
        all.add(new Rubbish("a body that ends too early", 400, "malformed_request", RubbishTest::endTooEarly));
    }

    private static Reply endTooEarly(Endpoint gateway) {
        try (RawConnection client = new RawConnection(gateway)) {
            return client.send(RawConnection.head(gateway, "Content-Type: " + EDIT.contentType(),
                    "Content-Length: 100000")).send(Arrays.copyOf(EDIT.bytes(), 5000)).finish().reply();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Rubbish body(String name, int status, String code, String contentType, byte[] body) {
        return new Rubbish(name, status, code, gateway -> gateway.edit(contentType, body));
    }

    private static Rubbish wire(String name, int status, String text) {
        return new Rubbish(name, status, "malformed_request", gateway -> RawConnection.exchange(gateway, text));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
