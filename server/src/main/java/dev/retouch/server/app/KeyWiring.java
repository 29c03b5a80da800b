package dev.retouch.server.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.key.Authenticator;
import dev.retouch.server.key.BootstrapKeyInstaller;
import dev.retouch.server.key.KeyCache;
import dev.retouch.server.key.KeyRepository;
import dev.retouch.server.key.SandboxKey;
import dev.retouch.server.settings.ConfigurationException;

/** Creates the key cache and the authenticator, and installs the bootstrap key. */
final class KeyWiring {

    private final KeyCache cache;
    private final Authenticator authenticator;

    KeyWiring(Lifecycle lifecycle, Configuration configuration, KeyRepository repository, Optional<SandboxKey> sandbox,
            Clock clock) throws IOException {
        this.cache = new KeyCache(repository, clock);
        lifecycle.add(cache::flushUses);
        configuration.bootstrapKey().value()
                .ifPresent(value -> install(new BootstrapKeyInstaller(repository, clock, new BudgetAccounts(clock)),
                        value));
        this.authenticator = new Authenticator(cache, sandbox, isPrivate(configuration));
    }

    /** Whether the gateway listens on a loopback address only and has no public URL. */
    static boolean isPrivate(Configuration configuration) throws UnknownHostException {
        return configuration.publicUrl() == null && InetAddress.getByName(configuration.host()).isLoopbackAddress();
    }

    private static void install(BootstrapKeyInstaller installer, String value) {
        try {
            installer.ensure(value);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        }
    }

    void scheduleJobs(BackgroundJobs jobs) {
        jobs.schedule(Duration.ofMillis(250), "changed keys", cache::refresh);
        jobs.schedule(Duration.ofSeconds(15), "last use of keys", cache::flushUses);
    }

    Authenticator authenticator() {
        return authenticator;
    }
}
