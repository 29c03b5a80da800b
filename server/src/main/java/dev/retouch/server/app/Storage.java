package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

import dev.retouch.server.billing.LedgerCheck;
import dev.retouch.server.billing.UsageReport;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.KeyStore;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.DatabaseAwayException;

/** The database and what is kept in it, for the gateway and for the commands that work beside it. */
final class Storage implements AutoCloseable {

    private final Database database;
    private final KeyStore keys;
    private final Administration administration;

    private Storage(Database database, ModelRegistry models, Set<String> upstreams, Clock clock) {
        this.database = database;
        this.keys = new KeyStore(database);
        this.administration = new Administration(keys, clock, id -> models.find(id).isPresent(), upstreams::contains);
    }

    /** Opens and, where it is new or older, brings it up to date. */
    static Storage open(Configuration configuration, ModelRegistry models, Clock clock) throws IOException {
        Files.createDirectories(configuration.dataDir());
        Optional<String> url = configuration.databaseUrl().value();
        try {
            return new Storage(Database.open(url, configuration.dataDir()), models,
                    Providers.names(configuration, models), clock);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("'database-url': " + e.getMessage());
        } catch (DatabaseAwayException e) {
            throw new StartException("the database does not answer: "
                    + (url.isPresent()
                            ? "check RETOUCH_DATABASE_URL, and that PostgreSQL runs"
                            : "check "
                                    + configuration.dataDir())
                    + ". " + rootCause(e), e);
        }
    }

    Database database() {
        return database;
    }

    KeyStore keys() {
        return keys;
    }

    Administration administration() {
        return administration;
    }

    UsageReport usage() {
        return new UsageReport(database);
    }

    LedgerCheck check() {
        return new LedgerCheck(database);
    }

    private static String rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    @Override
    public void close() {
        database.close();
    }
}
