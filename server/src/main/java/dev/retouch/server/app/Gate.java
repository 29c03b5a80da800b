package dev.retouch.server.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import io.github.bucket4j.TimeMeter;

import dev.retouch.server.admission.LocalRateLimits;
import dev.retouch.server.admission.LocalSlots;
import dev.retouch.server.admission.ServerRoom;
import dev.retouch.server.admission.SharedRateLimits;
import dev.retouch.server.admission.SharedSlots;
import dev.retouch.server.admission.Slots;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Reconciliation;
import dev.retouch.server.billing.SafeSettlement;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.edit.Moderation;
import dev.retouch.server.edit.Room;
import dev.retouch.server.edit.Till;
import dev.retouch.server.key.Authentication;
import dev.retouch.server.key.BootstrapKey;
import dev.retouch.server.key.Keys;
import dev.retouch.server.key.SandboxKey;
import dev.retouch.server.moderation.LocalRules;
import dev.retouch.server.moderation.ModerationService;
import dev.retouch.server.moderation.Moderator;
import dev.retouch.server.moderation.ServiceLimits;
import dev.retouch.server.price.Pricing;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.DatabaseAwayException;
import dev.retouch.server.store.Instance;

/** Everything that an edit has to get past: keys, room, moderation and money. Made here, and kept in order by its own house. */
final class Gate {

    /** The name of the upstream that the settings describe. */
    static final String PROVIDER = "default";
    /** The name of the built-in upstream. */
    static final String SANDBOX = "sandbox";

    private static final String MODERATION_MODEL = "omni-moderation-latest";
    private static final int QUESTIONS = 64;

    private final Parts parts;
    private final Configuration configuration;
    private final Clock clock;
    private final Storage storage;
    private final Instance instance;
    private final Ledger ledger;
    private final SafeSettlement settlement;
    private final Keys keys;
    private volatile boolean databaseAnswers = true;

    Gate(Parts parts, Configuration configuration, Storage storage, Clock clock) {
        this.parts = parts;
        this.configuration = configuration;
        this.clock = clock;
        this.storage = storage;
        this.instance = parts.add(new Instance(storage.database(), clock));
        this.ledger = new Ledger(storage.database(), clock, instance.id());
        this.settlement = new SafeSettlement(ledger);
        this.keys = new Keys(storage.keys(), clock);
        parts.add(keys::flushUses);
        configuration.bootstrapKey().value().ifPresent(this::bootstrap);
    }

    private void bootstrap(String value) {
        try {
            new BootstrapKey(storage.keys(), clock).ensure(value);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        }
    }

    /** Where an upstream is, for whoever asks its moderation. */
    record Place(URI base, String key) {}

    /** Begins to keep the house: signs of life, changes of keys, ends of edits. */
    void keepHouse(Housekeeping house) {
        Configuration.Billing billing = configuration.billing();
        Reconciliation reconciliation = new Reconciliation(storage.database(), ledger, instance, clock,
                new Reconciliation.Settings(billing.deadAfter(), billing.undecidedAfter(), billing.undecided()));
        house.every(billing.deadAfter().dividedBy(5), "sign of life", this::beat);
        house.every(Duration.ofMillis(250), "changes of keys", keys::refresh);
        house.every(Duration.ofSeconds(15), "uses of keys", keys::flushUses);
        house.every(Duration.ofMillis(500), "ends of edits", settlement::retry);
        house.every(Duration.ofSeconds(2), "reconciliation", reconciliation::run);
    }

    private void beat() {
        try {
            instance.beat();
            databaseAnswers = true;
        } catch (DatabaseAwayException e) {
            databaseAnswers = false;
            throw e;
        }
    }

    /** Whether the database answered when it was last asked. */
    boolean databaseAnswers() {
        return databaseAnswers;
    }

    Authentication authentication(Optional<SandboxKey> sandbox) throws IOException {
        boolean loopback = InetAddress.getByName(configuration.host()).isLoopbackAddress();
        return new Authentication(keys, sandbox, loopback);
    }

    Room room() {
        Database database = storage.database();
        if (!database.isShared()) {
            return new Room(new LocalRateLimits(TimeMeter.SYSTEM_NANOTIME), new LocalSlots(clock));
        }
        Slots slots = parts.add(new SharedSlots(database, instance.id(), clock, configuration.billing().deadAfter()));
        return new Room(new SharedRateLimits(database, TimeMeter.SYSTEM_MILLISECONDS), slots);
    }

    ServerRoom serverRoom() {
        return new ServerRoom(configuration.limits().requestsInFlight(),
                configuration.limits().bytesInFlight().bytes(), clock);
    }

    /** One moderator for each upstream, asking that upstream unless the settings name a service. */
    Moderation moderation(Map<String, Place> upstreams) {
        Configuration.ModerationSettings settings = configuration.moderation();
        LocalRules rules = settings.rulesFile() == null ? LocalRules.none() : LocalRules.read(settings.rulesFile());
        ServiceLimits limits = new ServiceLimits(configuration.upstream().connectTimeout(), settings.timeout(),
                QUESTIONS);
        Map<String, Moderator> moderators = new LinkedHashMap<>();
        upstreams.forEach((name, place) -> {
            URI base = settings.url() == null ? place.base() : settings.url();
            String key = settings.url() == null ? place.key() : settings.key().value().orElse("");
            moderators.put(name, new Moderator(rules,
                    Optional.of(parts.add(new ModerationService(base, key, MODERATION_MODEL, limits)))));
        });
        return new Moderation(moderators);
    }

    Till till() {
        return new Till(new Pricing(), ledger, settlement, configuration.billing().abandoned());
    }

    Instance instance() {
        return instance;
    }

    Ledger ledger() {
        return ledger;
    }
}
