package dev.retouch.server.app;

import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.billing.EditRepository;
import dev.retouch.server.billing.LedgerVerifier;
import dev.retouch.server.billing.UsageRepository;
import dev.retouch.server.catalog.CatalogRepository;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.KeyRepository;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.retention.ContentCipher;
import dev.retouch.server.retention.RetainedRepository;
import dev.retouch.server.settings.ConfigurationException;

/** Opens the database and creates the services that use it, for the gateway and for commands. */
public final class Storage implements AutoCloseable {

    private final Database database;
    private final KeyRepository keys;
    private final Administration administration;
    private final Optional<ContentCipher> contentKey;
    private final RetainedRepository retained;

    private Storage(Database database, Optional<ContentCipher> contentKey, Supplier<ModelRegistry> models,
            Supplier<Set<String>> upstreams, Clock clock) {
        this.database = database;
        this.contentKey = contentKey;
        this.retained = new RetainedRepository(database, clock);
        this.keys = new KeyRepository(database);
        this.administration = new Administration(keys, clock, id -> models.get().find(id).isPresent(),
                name -> upstreams.get().contains(name), new BudgetAccounts(clock),
                new Administration.Retention(contentKey.isPresent(), retained::enforce));
    }

    /**
     * Prepares the data directory and opens the database for a command, which reads models and upstreams once.
     *
     * @throws ConfigurationException if a file or a stored document of them is invalid
     */
    public static Storage open(Configuration configuration, Clock clock) throws IOException {
        DataDirectory.prepare(configuration.dataDir(), configuration.databaseUrl().value().isEmpty());
        Optional<ContentCipher> contentKey = ContentKeys.of(configuration);
        Database database = database(configuration);
        try {
            CatalogSources sources = new CatalogSources(configuration, new CatalogRepository(database).newest());
            ModelRegistry models = sources.models();
            Set<String> upstreams = sources.upstreamNames(models);
            return new Storage(database, contentKey, () -> models, () -> upstreams, clock);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /**
     * Opens the database and migrates it to the current schema. The data directory must be prepared.
     *
     * @param models returns the current models
     * @param upstreams returns the names of the current upstreams
     */
    static Storage open(Configuration configuration, Supplier<ModelRegistry> models, Supplier<Set<String>> upstreams,
            Clock clock) {
        Optional<ContentCipher> contentKey = ContentKeys.of(configuration); // before the database is open
        return new Storage(database(configuration), contentKey, models, upstreams, clock);
    }

    private static Database database(Configuration configuration) {
        Optional<String> url = configuration.databaseUrl().value();
        try {
            return Database.open(url, configuration.dataDir());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("'database-url': " + e.getMessage());
        } catch (DatabaseUnavailableException e) {
            throw new StartupException("the database does not answer: "
                    + (url.isPresent()
                            ? "check RETOUCH_DATABASE_URL, and that PostgreSQL runs"
                            : "check "
                                    + configuration.dataDir())
                    + ". " + rootCause(e), e);
        }
    }

    public Database database() {
        return database;
    }

    KeyRepository keys() {
        return keys;
    }

    public Administration administration() {
        return administration;
    }

    public UsageRepository usage() {
        return new UsageRepository(database);
    }

    public EditRepository edits() {
        return new EditRepository(database);
    }

    RetainedRepository retained() {
        return retained;
    }

    /** The cipher of what is kept of edits; empty if there is no key. */
    Optional<ContentCipher> contentKey() {
        return contentKey;
    }

    CatalogRepository catalog() {
        return new CatalogRepository(database);
    }

    public LedgerVerifier check() {
        return new LedgerVerifier(database);
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
