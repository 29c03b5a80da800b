package dev.retouch.server.catalog;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.catalog.CatalogRepository.Addition;
import dev.retouch.server.settings.ConfigurationException;

/** Stores documents of upstreams, models and moderation rules, and takes them back to an older version. A document that is invalid is not stored. */
public final class CatalogService {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogService.class);

    private final CatalogRepository repository;
    private final InstanceCatalog catalog;
    private final Clock clock;

    /**
     * Creates the service.
     *
     * @param catalog validates documents, and uses them at once on this instance
     */
    public CatalogService(CatalogRepository repository, InstanceCatalog catalog, Clock clock) {
        this.repository = repository;
        this.catalog = catalog;
        this.clock = clock;
    }

    /**
     * Stores a document. This instance uses it when the method returns, others within seconds.
     *
     * @param entries the entries by name, or rules by section
     * @param replaceable whether a newest stored version may be replaced; 0 is none
     * @throws VersionChangedException if the newest stored version may not be replaced
     * @throws ConfigurationException if it is invalid, alone or with the other kinds; the message names its place
     */
    public CatalogVersion replace(CatalogKind kind, ObjectNode entries, String note, LongPredicate replaceable) {
        return add(kind, entries.toString(), null, note, replaceable);
    }

    /**
     * Repeats an older version; version 0 is the file. Empty if there is no such version.
     *
     * @param replaceable whether a newest stored version may be replaced; 0 is none
     * @throws VersionChangedException if the newest stored version may not be replaced
     * @throws ConfigurationException if the old document is not valid any more
     */
    public Optional<CatalogVersion> restore(CatalogKind kind, long version, LongPredicate replaceable) {
        if (version == 0) {
            return Optional.of(add(kind, null, 0L, "", replaceable));
        }
        return repository.find(kind, version)
                .map(old -> add(kind, old.document(), version, old.note(), replaceable));
    }

    private CatalogVersion add(CatalogKind kind, @Nullable String document, @Nullable Long restoredFrom, String note,
            LongPredicate replaceable) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        CatalogVersion added;
        try {
            // additions of all instances wait for each other, so that of two changes of the same version one is refused
            added = repository.add(newest -> {
                CatalogVersion present = newest.get(kind);
                long number = present == null ? 0 : present.version();
                if (!replaceable.test(number)) {
                    throw new VersionChangedException(kind, number);
                }
                Map<CatalogKind, CatalogVersion> next = new EnumMap<>(CatalogKind.class);
                next.putAll(newest);
                next.put(kind, new CatalogVersion(kind, 0, document, restoredFrom, note, now));
                catalog.check(next);
                return new Addition(kind, document, restoredFrom, note, now);
            });
        } catch (ConfigurationException e) {
            catalog.refused();
            throw e;
        }
        LOG.info("catalog version stored kind={} version={} restored-from={}", kind.word(), added.version(),
                restoredFrom);
        catalog.reload();
        return added;
    }

    /** Returns the stored versions, newest first, without their documents; at most 100. */
    public List<CatalogVersion> versions(CatalogKind kind) {
        return repository.list(kind);
    }

    /** Returns a stored version; empty if there is none, or if it was removed because there are many newer versions. */
    public Optional<CatalogVersion> version(CatalogKind kind, long version) {
        return repository.find(kind, version);
    }

    /** Returns what this instance uses now. */
    public CatalogInUse inUse(CatalogKind kind) {
        return catalog.inUse(kind);
    }
}
