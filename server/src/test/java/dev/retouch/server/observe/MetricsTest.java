package dev.retouch.server.observe;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.storage.StorageObserver.Operation;
import dev.retouch.server.storage.StorageObserver.Outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The metrics of a gateway that has run edits of every outcome. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsTest {

    @TempDir
    private static Path folder;
    private ObservedGateway gateway;
    private Samples metrics;

    @BeforeAll
    void run() throws IOException, InterruptedException {
        gateway = new ObservedGateway(folder, Map.of("RETOUCH_HTTP_MAX_REQUESTS_IN_FLIGHT", "1500"));
        gateway.runEverything();
        gateway.awaitMetric(0, "retouch_edits_active");
        gateway.awaitMetric(100, "retouch_budget_limit", "group=team");
        gateway.awaitMetric(2 * ObservedGateway.PRICE, "retouch_spent_amount", "group=narrow");
        gateway.awaitMetric(1, "retouch_undecided_edits");
        metrics = gateway.metrics();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void editsAreCountedByOutcomeAndCode() {
        assertThat(metrics.sum("retouch_edits_total", "group=team", "outcome=succeeded", "code=none"))
                .isEqualTo(5);
        assertThat(metrics.sum("retouch_edits_total", "group=team", "model=gpt-image-2")).isEqualTo(1);
        assertThat(metrics.sum("retouch_edits_total", "group=plain", "outcome=failed", "code=upstream_failed"))
                .isEqualTo(1);
        assertThat(metrics.sum("retouch_edits_total", "group=team", "outcome=replayed")).isEqualTo(1);
        assertThat(metrics.sum("retouch_edits_total", "group=narrow", "outcome=succeeded")).isEqualTo(2);
        assertThat(metrics.sum("retouch_edits_total", "group=none", "model=none", "outcome=rejected",
                "code=invalid_api_key")).isEqualTo(1);
        assertThat(metrics.sum("retouch_edits_total")).isEqualTo(13);
    }

    @Test
    void rejectionsHaveTheErrorCodeAsReason() {
        assertThat(metrics.of("retouch_rejections_total").stream().map(sample -> sample.labels().get("reason"))
                .collect(Collectors.toSet()))
                .isEqualTo(Set.of("invalid_api_key", "moderation_blocked", "insufficient_quota"));
    }

    @Test
    void phasesAreHistograms() {
        for (String phase : new String[]{"fetch", "moderation", "queue", "hold", "settle", "upstream", "total"}) {
            assertThat(metrics.sum("retouch_edit_duration_seconds_count", "model=dall-e-2", "phase=" + phase))
                    .as(phase).isPositive();
        }
        assertThat(metrics.of("retouch_edit_duration_seconds_bucket", "phase=queue", "le=0.1")).isNotEmpty();
        assertThat(metrics.sum("retouch_queue_wait_seconds_sum", "group=narrow")).isGreaterThan(0.05);
        assertThat(metrics.sum("retouch_first_byte_seconds_count", "model=gpt-image-2", "streamed=true"))
                .isEqualTo(1);
        assertThat(metrics.sum("retouch_overhead_seconds_sum")).isPositive()
                .isLessThan(metrics.sum("retouch_edit_duration_seconds_sum", "phase=total"));
    }

    @Test
    void imagesTokensAndCostAreThoseOfTheLedger() {
        assertThat(metrics.sum("retouch_images_total", "model=dall-e-2", "size_class=up-to-1mp")).isEqualTo(7);
        assertThat(metrics.sum("retouch_images_total", "model=gpt-image-2", "quality=low")).isEqualTo(1);
        assertThat(metrics.sum("retouch_tokens_total", "model=gpt-image-2", "type=image_output")).isPositive();
        assertThat(metrics.sum("retouch_cost_total", "group=team", "currency=USD"))
                .isCloseTo(metrics.sum("retouch_spent_amount", "group=team"), within(1e-9));
        assertThat(metrics.sum("retouch_budget_remaining", "group=team"))
                .isCloseTo(100 - metrics.sum("retouch_spent_amount", "group=team"), within(1e-9));
        assertThat(metrics.of("retouch_budget_remaining", "group=narrow")).as("a budget without a limit").isEmpty();
    }

    /** The 500 of the upstream may have run the edit, so its hold stays. */
    @Test
    void undecidedEditsAreShown() {
        assertThat(metrics.sum("retouch_undecided_edits")).isEqualTo(1);
        assertThat(metrics.sum("retouch_undecided_amount")).isEqualTo(ObservedGateway.PRICE);
        assertThat(metrics.sum("retouch_held_amount", "group=plain")).isEqualTo(ObservedGateway.PRICE);
        assertThat(metrics.sum("retouch_held_amount")).isEqualTo(ObservedGateway.PRICE);
        assertThat(metrics.sum("retouch_ledger_imbalance")).isZero();
        assertThat(metrics.of("retouch_ledger_imbalance")).hasSize(1);
    }

    @Test
    void moderationIsCountedByVerdict() {
        assertThat(metrics.sum("retouch_moderation_total", "verdict=flagged", "by=rules")).isEqualTo(1);
        assertThat(metrics.sum("retouch_moderation_total", "verdict=blocked", "by=rules")).isEqualTo(1);
        assertThat(metrics.sum("retouch_moderation_total", "verdict=passed", "category=none")).isPositive();
    }

    @Test
    void upstreamsAreCounted() {
        assertThat(metrics.sum("retouch_upstream_calls_seconds_count", "upstream=first", "outcome=overloaded"))
                .isEqualTo(1);
        assertThat(metrics.sum("retouch_upstream_failovers_total", "upstream=second")).isEqualTo(1);
        assertThat(metrics.of("retouch_upstream_retries_total", "upstream=first")).hasSize(1);
        assertThat(metrics.of("retouch_upstream_breaker_state", "upstream=first")).hasSize(1);
        assertThat(metrics.sum("retouch_upstream_breaker_state", "upstream=second")).isZero();
        assertThat(metrics.sum("retouch_edits_in_flight")).isZero();
    }

    @Test
    void statesAreShown() {
        assertThat(metrics.sum("retouch_idempotent_replays_total")).isEqualTo(1);
        assertThat(metrics.of("retouch_tasks", "state=queued")).hasSize(1);
        assertThat(metrics.sum("retouch_tasks_limit")).isEqualTo(1000);
        assertThat(metrics.sum("retouch_database_available")).isEqualTo(1);
        assertThat(metrics.sum("retouch_storage_available")).isEqualTo(1);
        assertThat(metrics.sum("retouch_db_pool_max")).isPositive();
        assertThat(metrics.sum("retouch_requests_in_flight_limit")).isEqualTo(1500);
        assertThat(metrics.sum("retouch_connections")).isPositive();
        assertThat(metrics.sum("retouch_connections_limit")).isGreaterThan(metrics.sum("retouch_connections"));
        assertThat(metrics.sum("retouch_connections_closed_total")).isZero();
        assertThat(metrics.of("retouch_build_info").getFirst().labels().get("version")).startsWith("0.");
        assertThat(metrics.of("retouch_model_sunset_timestamp_seconds")).isNotEmpty();
        assertThat(metrics.of("disk_free_bytes")).isNotEmpty();
    }

    @Test
    void onlyTheMetricsTokenAndTheAdminTokenReadMetrics() {
        assertThat(gateway.get("/metrics", ObservedGateway.ADMIN_TOKEN).statusCode()).isEqualTo(200);
        assertThat(gateway.get("/metrics", "sk-other").statusCode()).isEqualTo(401);
        assertThat(gateway.get("/admin/v1/groups", ObservedGateway.METRICS_TOKEN).statusCode()).isEqualTo(401);
    }

    @Test
    void certificateExpiryIsShownWithTls() {
        try (Metrics withTls = new Metrics(CircuitBreakerRegistry.ofDefaults(), folder, false)) {
            withTls.showCertificate(Optional::empty);
            assertThat(withTls.text()).doesNotContain("retouch_tls");
            withTls.showCertificate(() -> Optional.of(Instant.ofEpochSecond(5)));
            assertThat(Samples.parse(withTls.text()).sum("retouch_tls_certificate_expiry_timestamp_seconds"))
                    .isEqualTo(5);
        }
    }

    @Test
    void requestsToTheObjectStoreAreTimedByOutcome() {
        try (Metrics stored = new Metrics(CircuitBreakerRegistry.ofDefaults(), folder, false)) {
            stored.storage().ended(Operation.PUT, Outcome.OK, Duration.ofMillis(40));
            stored.storage().ended(Operation.PUT, Outcome.FAILED, Duration.ofSeconds(3));
            stored.showStorage(() -> false);
            Samples samples = Samples.parse(stored.text());
            assertThat(samples.sum("retouch_storage_requests_seconds_count", "operation=put", "outcome=ok"))
                    .isEqualTo(1);
            assertThat(samples.sum("retouch_storage_requests_seconds_sum", "operation=put", "outcome=failed"))
                    .isEqualTo(3);
            assertThat(samples.sum("retouch_storage_available")).isZero();
        }
    }

    @Test
    void metricsNameNoKeyAndNoPrompt() {
        String text = gateway.get("/metrics", ObservedGateway.METRICS_TOKEN).body();
        assertThat(text).doesNotContain("sk-", "key_", "balloon", ObservedGateway.ADMIN_TOKEN,
                ObservedGateway.METRICS_TOKEN);
    }
}
