package dev.retouch.contract.dialect;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LongLivedGateway;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** A signed URL serves its image like a web server, without a key, until it expires. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostedLinksTest {

    private final LongLivedGateway gateway;

    HostedLinksTest(@TempDir Path folder) {
        Gateways.ownOnly();
        gateway = LongLivedGateway.on(folder);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private URI link(String format) {
        Form edit = Trials.image(Pictures.opaque()).text("prompt", "p").text("size", "1024x640")
                .text("response_format", "url").text("output_format", format);
        Reply reply = gateway.endpoint().edit(edit);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return URI.create(reply.json().at("/data/0/url").asText());
    }

    @ParameterizedTest
    @CsvSource({"png,image/png,png", "jpeg,image/jpeg,jpg", "webp,image/webp,webp"})
    void hasTheTypeOfItsPicture(String format, String type, String extension) {
        URI link = link(format);
        Reply file = Endpoint.fetch(link);
        assertThat(file.status()).isEqualTo(200);
        assertThat(Picture.of(file.body()).format()).isEqualTo(format);
        assertThat(file.header("content-type")).contains(type);
        String name = link.getPath().substring(link.getPath().lastIndexOf('/') + 1);
        assertThat(name).endsWith("." + extension);
        assertThat(file.header("content-disposition")).contains("inline; filename=\"" + name + "\"");
        assertThat(file.header("x-content-type-options")).contains("nosniff");
        assertThat(file.header("content-length")).contains(String.valueOf(file.body().length));
    }

    @Test
    void cachesPrivatelyUntilTheLinkExpires() {
        URI link = link("png");
        assertThat(Endpoint.fetch(link).header("cache-control")).contains("private, max-age=3600, immutable");
        gateway.pass(Duration.ofMinutes(10));
        assertThat(Endpoint.fetch(link).header("cache-control")).contains("private, max-age=3000, immutable");
    }

    @Test
    void answersHeadWithEverythingButTheBody() {
        URI link = link("png");
        Reply whole = Endpoint.fetch(link);
        Reply head = Endpoint.send(HttpRequest.newBuilder(link).method("HEAD", BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (String name : new String[]{"content-type", "content-length", "cache-control", "accept-ranges",
                "content-disposition"}) {
            assertThat(head.header(name)).as(name).isPresent().isEqualTo(whole.header(name));
        }
    }

    @Test
    void servesRanges() {
        URI link = link("png");
        byte[] whole = Endpoint.fetch(link).body();
        int size = whole.length;
        assertRange(link, "bytes=0-99", whole, 0, 100);
        assertRange(link, "bytes=100-", whole, 100, size);
        assertRange(link, "bytes=-10", whole, size - 10, size);
        assertRange(link, "bytes=10-99999999", whole, 10, size);
        assertRange(link, "bytes=" + (size - 1) + "-" + (size - 1), whole, size - 1, size);
    }

    private static void assertRange(URI link, String range, byte[] whole, int from, int to) {
        Reply part = Endpoint.send(HttpRequest.newBuilder(link).header("Range", range).GET());
        assertThat(part.status()).as(range).isEqualTo(206);
        assertThat(part.body()).as(range).isEqualTo(Arrays.copyOfRange(whole, from, to));
        assertThat(part.header("content-range")).contains("bytes " + from + "-" + (to - 1) + "/" + whole.length);
        assertThat(part.header("content-length")).contains(String.valueOf(to - from));
    }

    @Test
    void refusesBytesThatItDoesNotHave() {
        URI link = link("png");
        int size = Endpoint.fetch(link).body().length;
        Reply reply = Endpoint.send(HttpRequest.newBuilder(link).header("Range", "bytes=" + size + "-").GET());
        assertThat(reply.status()).isEqualTo(416);
        assertThat(reply.error().path("code").asText()).isEqualTo("range_not_satisfiable");
        assertThat(reply.error().path("message").asText()).contains("It is " + size + " bytes long");
        assertThat(reply.header("content-range")).hasValue("bytes */" + size);
        new Contract().assertValid("ErrorEnvelope", reply.text());
    }

    @Test
    void servesTheWholeWhereTheRangeIsNone() {
        URI link = link("png");
        byte[] whole = Endpoint.fetch(link).body();
        for (String range : new String[]{"bytes=9-3", "lines=1-2", "bytes=-", "bytes=a-b"}) {
            Reply reply = Endpoint.send(HttpRequest.newBuilder(link).header("Range", range).GET());
            assertThat(reply.status()).as(range).isEqualTo(200);
            assertThat(reply.body()).as(range).isEqualTo(whole);
        }
    }

    @Test
    void cannotBeForged() {
        URI link = link("png");
        String other = link("png").getPath();
        String expires = link.getQuery().replaceFirst(".*expires=(\\d+).*", "$1");
        String later = String.valueOf(Long.parseLong(expires) + 3600);
        for (String forged : new String[]{link.toString().replace(expires, later),
                link.toString().replaceFirst("signature=.*", "signature="),
                link.toString().replaceFirst("signature=.*", "signature=AAAA"),
                link.toString().replace(link.getPath(), other), link.toString().replaceFirst("\\?.*", ""),
                link.toString().replace(expires, "never")}) {
            Reply reply = Endpoint.fetch(URI.create(forged));
            assertThat(reply.status()).as(forged).isEqualTo(403);
            assertThat(reply.error().path("code").asText()).isEqualTo("invalid_signature");
        }
        assertThat(Endpoint.fetch(link).status()).isEqualTo(200);
    }

    @Test
    void doesNotOutliveItsHour() {
        URI link = link("png");
        gateway.pass(Duration.ofMinutes(60).minusSeconds(1));
        assertThat(Endpoint.fetch(link).status()).isEqualTo(200);
        gateway.pass(Duration.ofSeconds(1));
        Reply expired = Endpoint.fetch(link);
        assertThat(expired.status()).isEqualTo(404);
        assertThat(expired.error().path("code").asText()).isEqualTo("file_not_found");
        assertThat(expired.error().path("message").asText()).contains("expired");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/files/nothing.png", "/files/..%2Flink.secret", "/files/img_0.png", "/files/sandbox.key"})
    void leadsToPicturesOnly(String path) {
        assertThat(Endpoint.fetch(gateway.endpoint().at(path)).status()).isIn(400, 404);
    }

    @Test
    void survivesARestart() {
        URI link = link("png");
        byte[] before = Endpoint.fetch(link).body();
        gateway.restart();
        URI there = gateway.endpoint().at(link.getRawPath() + "?" + link.getRawQuery());
        Reply after = Endpoint.fetch(there);
        assertThat(after.status()).as(after.beginning()).isEqualTo(200);
        assertThat(after.body()).isEqualTo(before);
        gateway.pass(Duration.ofHours(2));
        assertThat(Endpoint.fetch(there).status()).isEqualTo(404);
    }
}
