package dev.retouch.server.catalog;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A stored version of a document.
 *
 * @param version the number, counted from 1 for each kind
 * @param document the entries by name, or rules by section, as a JSON object; null if the file is used
 * @param restoredFrom the older version that this one repeats; null for a new document
 * @param note why it was stored; possibly empty
 */
public record CatalogVersion(CatalogKind kind, long version, @Nullable String document, @Nullable Long restoredFrom,
        String note, Instant createdAt) {}
