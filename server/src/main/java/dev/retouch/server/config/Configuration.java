package dev.retouch.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Instance;
import dev.retouch.server.fetch.FetchSettings;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.settings.SettingChecks;
import dev.retouch.server.upstream.UpstreamDefaults;

/**
 * All settings. {@code defaults.yaml} documents them.
 *
 * @param host the address to listen on
 * @param port the port to listen on, or 0 for a free port
 * @param dataDir the folder of all data that survives a restart
 * @param tmpDir the folder of files of requests in flight, or null for {@code tmp} in the data directory
 * @param publicUrl the base URL for signed URLs, or null for the host of the request
 * @param defaultModel the model of edits that do not name a model
 * @param adminToken the token of administration over HTTP; empty if it is off
 * @param metricsToken the token that reads metrics; empty if only the admin token does
 * @param bootstrapKey the secret of an API key that exists from the start; empty for none
 * @param databaseUrl the PostgreSQL database; empty for SQLite
 * @param modelsFile the operator's models, or null for none
 * @param upstreamsFile the upstreams file, or null for none
 * @param upstreamKindsFile the operator's upstream kinds, or null for none
 * @param warmUp how long a temporary gateway and edits through it may take before the start
 * @param edits the policies of edits
 * @param streaming when keep-alive data is sent
 * @param fetch the downloads of images by URL
 * @param hosting the hosted images
 * @param storage the object store
 * @param http the limits of requests and connections
 * @param tls the certificate
 * @param cors the web pages that may call the gateway
 * @param shutdown the phases of a shutdown
 * @param sandbox the sandbox
 * @param moderation the moderation
 * @param billing billing
 * @param upstream the upstream 'default' and the settings of all upstreams
 * @param idempotency the idempotency keys
 * @param tasks the tasks
 * @param catalog the documents of upstreams, models and moderation rules in the database
 * @param retention what is kept of edits
 */
public record Configuration(String host, int port, Path dataDir, @Nullable Path tmpDir, @Nullable URI publicUrl,
        String defaultModel,
        Secret adminToken, Secret metricsToken, Secret bootstrapKey, Secret databaseUrl, @Nullable Path modelsFile,
        @Nullable Path upstreamsFile, @Nullable Path upstreamKindsFile, Duration warmUp, EditSettings edits,
        StreamingSettings streaming,
        FetchSettings fetch,
        HostingSettings hosting, StorageSettings storage, HttpSettings http, TlsSettings tls, CorsSettings cors,
        ShutdownSettings shutdown,
        SandboxSettings sandbox, ModerationSettings moderation, BillingSettings billing, UpstreamDefaults upstream,
        IdempotencySettings idempotency, TaskSettings tasks, CatalogSettings catalog, RetentionSettings retention) {

    private static final int MIN_SECRET = 16;

    /** Rejects values that their types do not exclude. */
    public Configuration {
        SettingChecks.check(!host.isBlank(), "host", "must name an address to listen on");
        SettingChecks.check(port >= 0 && port <= 65_535, "port", "must be 0 to 65535, but is " + port);
        SettingChecks.check(adminToken.value().map(token -> token.length() >= MIN_SECRET).orElse(true), "admin-token",
                "must have at least " + MIN_SECRET + " characters, because it creates API keys and budgets");
        tmpDir = SettingChecks.file(tmpDir);
        publicUrl = SettingChecks.httpUrl(publicUrl, "public-url");
        modelsFile = SettingChecks.file(modelsFile);
        upstreamsFile = SettingChecks.file(upstreamsFile);
        upstreamKindsFile = SettingChecks.file(upstreamKindsFile);
        SettingChecks.check(!warmUp.isNegative() && warmUp.compareTo(Duration.ofMinutes(1)) <= 0, "warm-up",
                "must be 0s to 60s");
        SettingChecks.check(!defaultModel.isBlank(), "default-model", "must name a model");
        checkTimes(databaseUrl, billing, upstream, idempotency);
        checkRetention(billing, idempotency, tasks);
    }

    /** Rejects a time after which an edit would be removed that an idempotency key or a task still names. */
    private static void checkRetention(BillingSettings billing, IdempotencySettings idempotency, TaskSettings tasks) {
        Duration keep = billing.keepEdits();
        if (!keep.isZero()) {
            SettingChecks.check(
                    keep.compareTo(idempotency.lifetime()) > 0 && keep.compareTo(tasks.lifetime()) > 0,
                    "billing/keep-edits",
                    "must be longer than idempotency.lifetime (" + idempotency.lifetime().toSeconds()
                            + "s) and tasks.lifetime (" + tasks.lifetime().toSeconds()
                            + "s): they name edits until then");
        }
    }

    /** The folder of files of requests in flight. */
    public Path temporaryFolder() {
        Path own = tmpDir;
        return own == null ? dataDir.resolve("tmp") : own;
    }

    /** Rejects times that another time must not reach. */
    private static void checkTimes(Secret databaseUrl, BillingSettings billing, UpstreamDefaults upstream,
            IdempotencySettings idempotency) {
        Duration delay = Instance.longestDelay();
        SettingChecks.check(databaseUrl.value().isEmpty() || billing.deadAfter().compareTo(delay) > 0,
                "billing/dead-after", "must be longer than " + delay.toSeconds() + "s with a PostgreSQL database:"
                        + " for so long the heartbeats of a living instance can be missing");
        String total = "must be longer than upstream.total-timeout (" + upstream.totalTimeout().toSeconds() + "s)";
        SettingChecks.check(billing.undecidedAfter().compareTo(upstream.totalTimeout()) > 0, "billing/undecided-after",
                total + ": the outcome of an edit can become known until then");
        SettingChecks.check(idempotency.lifetime().compareTo(upstream.totalTimeout()) > 0, "idempotency/lifetime",
                total + ": an edit under the key can run until then");
    }
}
