package dev.retouch.contract.idempotency;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** The image of a task or a stored response lives as long as they do: a link that expired is signed again when they are read. */
@TestInstance(Lifecycle.PER_CLASS)
class ResultLifetimeTest {

    private final RunningGateway gateway;
    private final Asker asker;

    ResultLifetimeTest() {
        Gateways.ownOnly();
        gateway = RunningGateway
                .start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_HOSTING_URL_LIFETIME", "1s"));
        asker = new Asker(Admin.of(gateway).group("late", "").key("late", ""));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static int statusOf(String link) {
        return Endpoint.fetch(URI.create(link)).status();
    }

    private static void awaitExpiry(String link) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> statusOf(link) != 200);
    }

    @Test
    void theImageOfATaskIsThereAfterItsLinkExpired() {
        String id = Asker.idOf(asker.later(CheapEdit.form()));
        String first = asker.taskOnceIn("succeeded", id).json().at("/result/data/0/url").asText();
        awaitExpiry(first);

        String again = asker.task(id).json().at("/result/data/0/url").asText();
        assertThat(again).isNotEqualTo(first);
        assertThat(Endpoint.fetch(URI.create(again)).status()).isEqualTo(200);
    }

    @Test
    void theImageOfAStoredResponseIsThereAfterItsLinkExpired() {
        Form form = CheapEdit.form().text("response_format", "url");
        String first = asker.under("late", form).json().at("/data/0/url").asText();
        awaitExpiry(first);

        Reply replay = asker.under("late", form);
        assertThat(replay.header("idempotent-replayed")).contains("true");
        assertThat(statusOf(replay.json().at("/data/0/url").asText())).isEqualTo(200);
    }

    @Test
    void anImageThatNothingNamesEndsWithItsLink() {
        String link = asker.send(CheapEdit.form().text("response_format", "url")).json().at("/data/0/url").asText();
        assertThat(statusOf(link)).isEqualTo(200);
        awaitExpiry(link);
    }
}
