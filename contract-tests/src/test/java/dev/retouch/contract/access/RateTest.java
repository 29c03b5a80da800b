package dev.retouch.contract.access;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Never more edits per minute than the limits allow, and correct rate limit headers. */
@TestInstance(Lifecycle.PER_CLASS)
class RateTest {

    private static final Form EDIT = CheapEdit.form();
    /** Counts as an edit, and then is refused before it costs any time. */
    private static final Form BROKEN = Form.empty().text("prompt", "p").file("image", "a.png", "image/png",
            new byte[]{1, 2, 3});

    private final RunningGateway gateway;
    private final Admin admin;
    private final Contract contract = new Contract();

    RateTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private void assertLimited(Reply reply, String unit, int limit) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(429);
        assertThat(reply.error().path("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(reply.error().path("type").asText()).isEqualTo("rate_limit_error");
        assertThat(reply.header("x-should-retry")).contains("true");
        assertThat(reply.header("x-ratelimit-limit-" + unit)).contains(Integer.toString(limit));
        assertThat(reply.header("x-ratelimit-reset-" + unit).orElse("")).matches("(\\d+m)?\\d+(\\.\\d+)?m?s");
        contract.assertValid("ErrorEnvelope", reply.text());
    }

    @Test
    void reportsTheRemainingRate() {
        admin.group("rate-told", "\"limits\":{\"requests_per_minute\":5,\"images_per_minute\":40}");
        Endpoint caller = admin.key("rate-told", "");

        Reply first = caller.edit(EDIT.text("n", "2"));
        assertThat(first.status()).as(first.beginning()).isEqualTo(200);
        assertThat(first.header("x-ratelimit-limit-requests")).contains("5");
        assertThat(first.header("x-ratelimit-remaining-requests")).contains("4");
        // one of five is a fifth of a minute
        assertThat(first.header("x-ratelimit-reset-requests").orElse("")).matches("1[12](\\.\\d+)?s");
        assertThat(first.header("x-ratelimit-limit-images")).contains("40");
        assertThat(first.header("x-ratelimit-remaining-images")).as("one came in beside its mask, two are asked for")
                .contains("37");

        assertThat(admin.key("rate-told", "").edit(EDIT).header("x-ratelimit-remaining-requests"))
                .as("the group's other keys count too").contains("3");
        assertThat(gateway.endpoint().edit(EDIT).headers().keySet()).as("without limits nothing is told")
                .noneMatch(name -> name.startsWith("x-ratelimit"));
    }

    /**
     * A request is allowed every two seconds; a client that waits as long as {@code retry-after} says is not refused
     * again.
     */
    @Test
    void theTimeToWaitIsTrue() {
        admin.group("rate-true", "\"limits\":{\"requests_per_minute\":30}");
        Endpoint caller = admin.key("rate-true", "");
        ConcurrentRequests crowd = ConcurrentRequests.of(60, _ -> caller.edit(BROKEN));
        assertThat(crowd.with(400)).as("what a minute has, and what came free meanwhile").isBetween(30L, 45L);
        assertThat(crowd.with(400) + crowd.with(429)).isEqualTo(60);

        Reply refused = caller.edit(BROKEN);
        for (int i = 0; refused.status() != 429 && i < 60; i++) {
            refused = caller.edit(BROKEN);
        }
        assertLimited(refused, "requests", 30);
        assertThat(refused.header("x-ratelimit-remaining-requests")).contains("0");
        Duration told = ConcurrentRequests.retryAfter(refused);
        assertThat(told).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        Awaitility.await().pollDelay(told).until(() -> true);
        assertThat(caller.edit(BROKEN).status()).isEqualTo(400);
    }

    /** They are work too: their images are fetched and validated. */
    @Test
    void quotesCountAsRequests() {
        admin.group("rate-quotes", "\"limits\":{\"requests_per_minute\":2,\"images_per_minute\":5}");
        Endpoint caller = admin.key("rate-quotes", "");
        assertThat(quote(caller).status()).isEqualTo(200);
        assertThat(quote(caller).status()).isEqualTo(200);
        Reply third = quote(caller);
        assertLimited(third, "requests", 2);
        assertThat(third.header("x-ratelimit-remaining-images")).as("nothing is edited").contains("5");
    }

    private static Reply quote(Endpoint caller) {
        return Endpoint.send(caller.request("/v1/images/edits/quote").header("Content-Type", EDIT.contentType())
                .POST(BodyPublishers.ofByteArray(EDIT.bytes())));
    }

    @Test
    void aKeyHasARateOfItsOwn() {
        admin.group("rate-keys", "\"limits\":{\"requests_per_minute\":3}");
        Endpoint small = admin.key("rate-keys", "\"limits\":{\"requests_per_minute\":2}");
        Endpoint other = admin.key("rate-keys", "");
        assertThat(ConcurrentRequests.of(2, _ -> small.edit(BROKEN)).with(400)).isEqualTo(2);
        Reply third = small.edit(BROKEN);
        assertLimited(third, "requests", 2);
        assertThat(third.error().path("message").asText()).contains("this key").doesNotContain("this key's group");

        assertThat(other.edit(BROKEN).status()).as("what is refused counts nowhere").isEqualTo(400);
        Reply fourth = other.edit(BROKEN);
        assertLimited(fourth, "requests", 3);
        assertThat(fourth.error().path("message").asText()).contains("this key's group");
    }

    @Test
    void countsInputAndRequestedImages() {
        admin.group("rate-images", "\"limits\":{\"images_per_minute\":4}");
        Endpoint caller = admin.key("rate-images", "");
        Reply tooMany = caller.edit(EDIT.text("n", "4"));
        assertThat(tooMany.status()).isEqualTo(400);
        assertThat(tooMany.error().path("code").asText()).isEqualTo("images_above_limit");
        assertThat(tooMany.header("x-should-retry")).contains("false");
        assertThat(tooMany.header("retry-after")).isEmpty();
        contract.assertValid("ErrorEnvelope", tooMany.text());

        Reply three = caller.edit(EDIT.text("n", "2"));
        assertThat(three.status()).as(three.beginning()).isEqualTo(200);
        assertThat(three.header("x-ratelimit-remaining-images")).contains("1");
        Reply refused = caller.edit(EDIT);
        assertLimited(refused, "images", 4);
        assertThat(refused.error().path("message").asText()).contains("image");
        // one of two is there, the other comes within a quarter of a minute
        assertThat(ConcurrentRequests.retryAfter(refused)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(15));
    }

    @Test
    void aKeyHasImagesOfItsOwn() {
        admin.group("rate-few", "\"limits\":{\"images_per_minute\":100}");
        Endpoint few = admin.key("rate-few", "\"limits\":{\"images_per_minute\":2}");
        assertThat(few.edit(EDIT.text("n", "2")).error().path("code").asText()).isEqualTo("images_above_limit");
        assertThat(few.edit(EDIT).header("x-ratelimit-remaining-images")).contains("0");
        assertLimited(few.edit(EDIT), "images", 2);
        assertThat(admin.key("rate-few", "").edit(EDIT).status()).isEqualTo(200);
    }

    @Test
    void aChangedRateIsInEffectWithinASecond() {
        admin.group("rate-changed", "\"limits\":{\"requests_per_minute\":1}");
        Endpoint caller = admin.key("rate-changed", "");
        assertThat(caller.edit(BROKEN).status()).isEqualTo(400);
        assertLimited(caller.edit(BROKEN), "requests", 1);

        assertThat(admin.patch("groups/rate-changed", "{\"limits\":{\"requests_per_minute\":120}}").status())
                .isEqualTo(200);
        Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        Reply told = caller.edit(BROKEN);
        if (told.status() == 429) {
            assertLimited(told, "requests", 120);
            assertThat(ConcurrentRequests.retryAfter(told)).isEqualTo(Duration.ofSeconds(1));
        }
        assertThat(ConcurrentRequests.waitingAsTold(() -> caller.edit(BROKEN)).status()).isEqualTo(400);
    }
}
