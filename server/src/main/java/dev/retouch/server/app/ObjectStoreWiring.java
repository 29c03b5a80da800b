package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

import dev.retouch.server.admission.DatabaseStorageQuota;
import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.database.Database;
import dev.retouch.server.hosting.HostedImageStore;
import dev.retouch.server.hosting.UrlSigner;
import dev.retouch.server.storage.DiskStore;
import dev.retouch.server.storage.ObjectStore;
import dev.retouch.server.storage.S3Settings;
import dev.retouch.server.storage.S3Store;
import dev.retouch.server.storage.StorageException;

/** Creates the store of files that outlive a request, in the data directory or in an object store, and what hosts images in it. */
final class ObjectStoreWiring {

    private final ObjectStore store;
    private final boolean remote;
    private final HostedImageStore hostedImages;
    private final Optional<DatabaseStorageQuota> quota;

    /**
     * Opens the store and reads its secret.
     *
     * @throws StartupException if the object store does not answer, or refuses the credentials
     */
    ObjectStoreWiring(Lifecycle lifecycle, Configuration configuration, ObservationWiring observation,
            Database database, Clock clock) throws IOException {
        Path dataDir = configuration.dataDir();
        Optional<S3Settings> s3 = configuration.storage().s3();
        this.remote = s3.isPresent();
        OptionalLong limit = configuration.storage().maxBytesPerKey(dataDir);
        this.quota = limit.isEmpty()
                ? Optional.empty()
                : Optional.of(new DatabaseStorageQuota(database, limit.getAsLong(), clock));
        Duration lifetime = configuration.hosting().urlLifetime();
        try {
            this.store = lifecycle.add(remote
                    ? new S3Store(s3.orElseThrow(), observation.metrics().storage())
                    : new DiskStore(dataDir));
            this.hostedImages = new HostedImageStore(store, dataDir, new UrlSigner(store, clock, lifetime), clock,
                    lifetime, quota());
        } catch (StorageException e) {
            throw new StartupException("the object store " + configuration.storage().url() + " cannot be used: "
                    + e.getMessage() + ". Check storage.url, storage.endpoint, storage.region and the credentials", e);
        }
        store.probe();
        observation.metrics().showStorage(store::isAvailable);
    }

    void scheduleJobs(BackgroundJobs jobs) {
        jobs.schedule(Duration.ofMinutes(1), "expired images", hostedImages::removeExpired);
        quota.ifPresent(counts -> {
            jobs.schedule(Duration.ofSeconds(3), "counts of stored bytes", counts::synchronise);
            jobs.schedule(Duration.ofMinutes(10), "expired counts of stored bytes", counts::removeExpired);
        });
        if (remote) {
            jobs.schedule(Duration.ofSeconds(1), "check of the object store", store::probe);
        }
    }

    /** Returns what {@code /readyz} shows: the object store, if there is one. */
    Map<String, BooleanSupplier> details() {
        return remote ? Map.of("storage", store::isAvailable) : Map.of();
    }

    ObjectStore store() {
        return store;
    }

    /** Returns what limits and counts the bytes that a key stores. */
    StorageQuota quota() {
        return quota.<StorageQuota>map(counts -> counts).orElse(StorageQuota.UNLIMITED);
    }

    HostedImageStore hostedImages() {
        return hostedImages;
    }
}
