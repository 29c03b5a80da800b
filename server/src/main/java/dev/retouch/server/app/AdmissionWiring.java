package dev.retouch.server.app;

import java.time.Clock;

import io.github.bucket4j.TimeMeter;

import dev.retouch.server.admission.CapacityLimits;
import dev.retouch.server.admission.ServerCapacity;
import dev.retouch.server.admission.rate.DatabaseRateLimiter;
import dev.retouch.server.admission.rate.InMemoryRateLimiter;
import dev.retouch.server.admission.slot.ConcurrencyLimiter;
import dev.retouch.server.admission.slot.DatabaseConcurrencyLimiter;
import dev.retouch.server.admission.slot.InMemoryConcurrencyLimiter;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.HttpSettings;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.Instance;
import dev.retouch.server.edit.EditAdmission;

/**
 * Creates what admits edits: server capacity, rate limits and concurrency limits. If several instances share the database, the limits
 * of keys and groups are counted in it, otherwise in memory.
 */
final class AdmissionWiring {

    private final ServerCapacity serverCapacity;
    private final EditAdmission editAdmission;

    AdmissionWiring(Lifecycle lifecycle, Configuration configuration, Database database, Instance instance,
            Clock clock) {
        HttpSettings http = configuration.http();
        this.serverCapacity = new ServerCapacity(CapacityLimits.shared(http.maxRequestsInFlight(),
                http.maxBytesInFlight().bytes(), http.maxPercentPerKey(), http.maxBodySize().bytes()), clock);
        if (database.isShared()) {
            ConcurrencyLimiter slots = lifecycle.add(new DatabaseConcurrencyLimiter(database, instance.id(),
                    instance.clock(), instance::deadBefore));
            this.editAdmission = new EditAdmission(
                    new DatabaseRateLimiter(database), slots,
                    new InMemoryConcurrencyLimiter(clock), instance::isAliveSince);
        } else {
            ConcurrencyLimiter slots = new InMemoryConcurrencyLimiter(clock);
            this.editAdmission = new EditAdmission(new InMemoryRateLimiter(TimeMeter.SYSTEM_NANOTIME), slots, slots,
                    instance::isAliveSince);
        }
    }

    ServerCapacity serverCapacity() {
        return serverCapacity;
    }

    EditAdmission editAdmission() {
        return editAdmission;
    }
}
