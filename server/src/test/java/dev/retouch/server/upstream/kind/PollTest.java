package dev.retouch.server.upstream.kind;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.upstream.kind.KindGateway.Edit;
import dev.retouch.server.upstream.kind.ScriptedVendor.Reply;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/** The kinds of the poll sort through a gateway: those that are shipped, and one that a test adds by a file. */
@Tag("slow")
class PollTest {

    private static final String FLUX = "flux-2-pro";
    /** The shipped kinds, polled so often that tests are quick. */
    private static final String QUICK = """
            bfl: {poll: {every: 20ms}}
            fal: {poll: {every: 20ms}}
            replicate: {poll: {every: 20ms}}
            """;

    @TempDir
    private Path folder = Path.of(".");
    private BflVendor bfl;
    private FalVendor fal;
    private ReplicateVendor replicate;
    private KindGateway gateway;

    @BeforeEach
    void start() throws IOException {
        bfl = new BflVendor();
        fal = new FalVendor();
        replicate = new ReplicateVendor();
        Path kinds = Files.writeString(folder.resolve("kinds.yaml"), QUICK);
        gateway = new KindGateway(folder, """
                flux:
                  kind: bfl
                  url: %s/v1
                  key-env: VENDOR_KEY
                  models: {flux-2-pro: flux-2-pro, flux-fill-pro: flux-pro-1.0-fill}
                  total-timeout: 3s
                queue:
                  kind: fal
                  url: %s
                  key-env: VENDOR_KEY
                  priority: 2
                  total-timeout: 3s
                predictions:
                  kind: replicate
                  url: %s/v1
                  key-env: VENDOR_KEY
                  priority: 3
                  total-timeout: 3s
                """.formatted(bfl.base(), fal.base(), replicate.base()), "RETOUCH_UPSTREAM_KINDS_FILE",
                kinds.toString(), "RETOUCH_UPSTREAM_MAX_ATTEMPTS", "3", "RETOUCH_FETCH_TIMEOUT", "2s",
                "RETOUCH_FETCH_PORTS",
                bfl.delivery().base().getPort() + "," + fal.delivery().base().getPort() + ","
                        + replicate.delivery().base().getPort());
    }

    @AfterEach
    void stop() {
        gateway.close();
        replicate.close();
        fal.close();
        bfl.close();
    }

    private static BigDecimal cost(HttpResponse<String> response) {
        return new BigDecimal(header(response, "x-retouch-cost").replace(" USD", ""));
    }

    private String state(HttpResponse<String> response) {
        return gateway.ledger(response).path("state").asText();
    }

    private void assertPicture(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(Base64.getDecoder().decode(gateway.parsed(response).at("/data/0/b64_json").asText()))
                .isEqualTo(ScriptedVendor.picture(64, 64));
    }

    private static void assertNoKey(PollVendor vendor) {
        assertThat(vendor.delivery().received()).isNotEmpty()
                .allSatisfy(request -> assertThat(request.headers().toString())
                        .doesNotContain(ScriptedVendor.KEY));
    }

    @Test
    void bflIsPolledAndChargedByItsCredits() {
        bfl.states(BflVendor.status("Pending"), BflVendor.status("Pending"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image().image().with("size", "1008x608"));

        assertPicture(response);
        assertThat(cost(response)).isEqualByComparingTo(new BigDecimal(BflVendor.COST).movePointLeft(2));
        JsonNode sent = bfl.submitted().getFirst();
        assertThat(sent.path("width").asInt()).isEqualTo(1008);
        assertThat(sent.path("height").asInt()).isEqualTo(608);
        assertThat(sent.path("input_image_2").asText()).isNotEmpty();
        assertThat(header(response, "x-upstream-request-id")).isEqualTo("task-1");
        assertNoKey(bfl);
    }

    @Test
    void eachImageIsAnEditOfItsOwn() {
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image().with("n", "3"));

        assertThat(gateway.parsed(response).path("data")).hasSize(3);
        assertThat(bfl.submitted()).hasSize(3);
        assertThat(cost(response)).isEqualByComparingTo(new BigDecimal("0.135"));
    }

    @Test
    void maskIsConvertedToWhiteAndBlack() throws IOException {
        HttpResponse<String> response = gateway.send(new Edit("flux-fill-pro").image().mask());

        assertPicture(response);
        byte[] mask = Base64.getDecoder().decode(bfl.submitted().getFirst().path("mask").asText());
        assertThat(ImageIO.read(new ByteArrayInputStream(mask)).getRaster().getSample(5, 5, 0))
                .as("transparent in the client's mask").isEqualTo(255);
        assertThat(gateway.send(new Edit(FLUX).image().mask()).body()).contains("it has no masks");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Request Moderated", "Content Moderated"})
    void moderatedEditIsRefusedAndNotCharged(String word) {
        bfl.states(BflVendor.status("Pending"), BflVendor.moderated(word));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(gateway.code(response)).isEqualTo("moderation_blocked");
        assertThat(response.body()).contains(word + ": Copyright Violation");
        assertThat(header(response, "x-upstream-request-id")).startsWith("task-");
        assertThat(state(response)).isEqualTo("released");
    }

    @Test
    void accountWithoutCreditsFailsOver() {
        bfl.next(Reply.json(402, "{\"detail\":\"Insufficient credits. Please add more credits.\"}"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertPicture(response);
        assertThat(fal.submitted()).hasSize(1);
        assertThat(fal.submitted().getFirst().path("image_urls").path(0).asText()).startsWith("data:image/png;base64,");
        assertNoKey(fal);
    }

    @Test
    void failedEditFailsOverThroughEveryKind() {
        bfl.states(BflVendor.status("Error"));
        fal.next(Reply.json(429, "{\"detail\":\"Too many concurrent requests\"}"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertPicture(response);
        assertThat(replicate.submitted()).hasSize(1);
        assertNoKey(replicate);
    }

    @Test
    void rateLimitOfAllHasTheHintOfTheBody() {
        bfl.next(Reply.json(429, "{\"detail\":\"Too many tasks\"}").with("retry-after", "40"));
        fal.next(Reply.json(429, "{\"detail\":\"Too many requests\"}").with("retry-after", "50"));
        replicate.next(Reply.json(429,
                "{\"detail\":\"Request was throttled. Expected available in 30 seconds.\",\"status\":429}"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(header(response, "retry-after")).isEqualTo("30");
        assertThat(state(response)).isEqualTo("released");
    }

    @Test
    void lostEditIsUndecided() {
        bfl.states(BflVendor.status("Task not found"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(state(response)).isEqualTo("undecided");
        assertThat(fal.submitted()).isEmpty();
    }

    @Test
    void pollingThatNeverEndsTimesOutAndCancels() {
        bfl.next(Reply.json(503, "{}"));
        for (int i = 0; i < 300; i++) {
            fal.states(FalVendor.status("IN_PROGRESS"));
        }
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(state(response)).isEqualTo("undecided");
        Eventually.so("the edit is canceled", () -> fal.received().stream()
                .anyMatch(request -> request.method().equals("PUT") && request.path().endsWith("/cancel")));
    }

    @Test
    void disconnectCancelsAtTheUpstream() {
        bfl.next(Reply.json(503, "{}"));
        for (int i = 0; i < 300; i++) {
            fal.states(FalVendor.status("IN_QUEUE"));
        }
        CompletableFuture<HttpResponse<String>> running = gateway.sendLater(new Edit(FLUX).image());
        Eventually.so("the edit is submitted", () -> fal.submitted().size() == 1);
        running.cancel(true);

        Eventually.so("the edit is canceled",
                () -> fal.received().stream().anyMatch(request -> request.path().endsWith("/cancel")));
        Eventually.so("no money is held", () -> gateway.admin("edits?state=held").path("data").isEmpty());
    }

    @Test
    void badPollsAreNotTheEnd() {
        bfl.states(Reply.json(500, "{}"), Reply.json(502, "<html>"), BflVendor.status("Pending"));
        assertPicture(gateway.send(new Edit(FLUX).image()));
    }

    @Test
    void keyDoesNotFollowLinkToOtherHost() {
        bfl.next(bfl.accepted("task-9", bfl.delivery().base() + "/v1/get_result?id=9"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(bfl.delivery().received()).isEmpty();
        assertThat(state(response)).isEqualTo("undecided");
    }

    @Test
    void resultThatHasExpiredIsNotDelivered() {
        bfl.delivery().next(Reply.json(403, "<Error><Code>AuthenticationFailed</Code></Error>"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).doesNotContain("sig=abc");
        assertThat(state(response)).isEqualTo("released");
    }

    /** The edit has run, so it is neither run again nor free, whatever answers the request for its result. */
    @ParameterizedTest
    @ValueSource(ints = {401, 404, 429, 503})
    void resultThatIsRefusedLeavesTheEditUndecided(int status) {
        bfl.next(Reply.json(503, "{}"));
        fal.results(Reply.json(status, "{\"detail\":\"not now\"}"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(502);
        assertThat(state(response)).isEqualTo("undecided");
        assertThat(fal.submitted()).hasSize(1);
        assertThat(replicate.submitted()).isEmpty();
    }

    @Test
    void linkIsHostedAndNotPassedOn() {
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image().with("response_format", "url"));

        assertThat(response.statusCode()).isEqualTo(200);
        String url = gateway.parsed(response).at("/data/0/url").asText();
        assertThat(url).contains("/files/").doesNotContain("sig=abc");
    }

    @Test
    void falRefusalsAndFlags() {
        bfl.next(Reply.json(503, "{}"));
        fal.next(FalVendor.invalid("prompt", "The content could not be processed.", "content_policy_violation"));
        HttpResponse<String> refused = gateway.send(new Edit(FLUX).image());
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(gateway.code(refused)).isEqualTo("moderation_blocked");
        assertThat(state(refused)).isEqualTo("released");

        bfl.next(Reply.json(503, "{}"));
        fal.change(usual -> new String(usual.body(), StandardCharsets.UTF_8).contains("has_nsfw_concepts")
                ? FalVendor.result(true, fal.link())
                : usual);
        HttpResponse<String> blackedOut = gateway.send(new Edit(FLUX).image());
        assertThat(blackedOut.statusCode()).isEqualTo(400);
        assertThat(gateway.code(blackedOut)).isEqualTo("moderation_blocked");
        assertThat(state(blackedOut)).isEqualTo("released");
        assertThat(fal.delivery().received()).as("a blocked picture is not fetched").isEmpty();
    }

    @Test
    void replicateFailureAboutContentIsModeration() {
        bfl.next(Reply.json(503, "{}"));
        fal.next(Reply.json(503, "{}"));
        replicate.states(replicate.prediction(200, "task-1", "processing", null, null), replicate.prediction(200,
                "task-1", "failed", null, "The input or output was flagged as sensitive. Please try again (E005)"));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(gateway.code(response)).isEqualTo("moderation_blocked");
        assertThat(state(response)).isEqualTo("released");
    }

    @Test
    void slowSubmissionTimesOut() {
        bfl.next(BflVendor.status("x").after(Duration.ofSeconds(30)));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(state(response)).isEqualTo("undecided");
    }

    @Test
    void slowDeliveryEnds() {
        bfl.delivery().next(BflVendor.status("x").after(Duration.ofSeconds(30)));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(bfl.delivery().received()).hasSize(1);
        assertThat(state(response)).isEqualTo("released");
    }

    @Test
    void slowResultTimesOut() {
        bfl.next(Reply.json(503, "{}"));
        fal.results(FalVendor.result(false, fal.link()).after(Duration.ofSeconds(30)));
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(state(response)).isEqualTo("undecided");
    }

    /** The total timeout is three seconds: submission, polls and result share it. */
    @Test
    void oneTimeoutBoundsSubmissionAndPollsTogether() {
        bfl.next(bfl.accepted("task-1", bfl.base() + "/v1/get_result?id=1").after(Duration.ofMillis(2500)));
        for (int i = 0; i < 300; i++) {
            bfl.states(BflVendor.status("Pending"));
        }
        long begin = System.nanoTime();
        HttpResponse<String> response = gateway.send(new Edit(FLUX).image());

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(5400));
        assertThat(state(response)).isEqualTo("undecided");
    }
}
