package dev.retouch.server.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DirectSql;

/** Reads and adds versions of documents. Versions are never changed; the oldest of many are removed. */
public final class CatalogRepository {

    /** Versions of a kind that are kept. */
    static final int KEPT = 1000;
    /** Versions of a list. */
    static final int LISTED = 100;

    private static final String COLUMNS = "kind, version, document, restored_from, note, created_at";

    private final Database database;

    /** Uses this database. */
    public CatalogRepository(Database database) {
        this.database = database;
    }

    /**
     * A version to add.
     *
     * @param document the entries by name, or rules by section, as a JSON object; null if the file is used
     */
    record Addition(CatalogKind kind, @Nullable String document, @Nullable Long restoredFrom, String note,
            Instant createdAt) {}

    /** Returns the newest version of each kind that has one. */
    public Map<CatalogKind, CatalogVersion> newest() {
        return database.read(CatalogRepository::newest);
    }

    /** Returns the number of the newest version of each kind; 0 if it has none. */
    public Map<CatalogKind, Long> newestNumbers() {
        return database.read(handle -> {
            Map<CatalogKind, Long> numbers = new EnumMap<>(CatalogKind.class);
            for (CatalogKind kind : CatalogKind.values()) {
                numbers.put(kind, newestNumber(handle, kind));
            }
            return numbers;
        });
    }

    /** Returns the newest versions of a kind, newest first, without their documents. */
    List<CatalogVersion> list(CatalogKind kind) {
        return database.read(handle -> handle
                .createQuery("SELECT kind, version, NULL AS document, restored_from, note, created_at"
                        + " FROM catalog_documents WHERE kind = :kind ORDER BY version DESC LIMIT " + LISTED)
                .bind("kind", kind.word()).map((row, _) -> version(row)).list());
    }

    /** Returns a version; empty if there is none, or if it was removed. */
    Optional<CatalogVersion> find(CatalogKind kind, long version) {
        return database.read(handle -> find(handle, kind, version));
    }

    /**
     * Adds a version. Additions of all instances wait for each other, so what the function saw stays true until the version is added.
     *
     * @param make makes the version from the newest version of each kind; an exception of it is rethrown, and nothing is added
     */
    CatalogVersion add(Function<Map<CatalogKind, CatalogVersion>, Addition> make) {
        return database.write(handle -> {
            DirectSql.lockTable(handle, "catalog_documents");
            Addition addition = make.apply(newest(handle));
            long version = newestNumber(handle, addition.kind()) + 1;
            handle.createUpdate("INSERT INTO catalog_documents (" + COLUMNS
                    + ") VALUES (:kind, :version, :document, :restored, :note, :created)")
                    .bind("kind", addition.kind().word()).bind("version", version)
                    .bind("document", addition.document()).bind("restored", addition.restoredFrom())
                    .bind("note", addition.note()).bind("created", addition.createdAt().toEpochMilli()).execute();
            handle.createUpdate("DELETE FROM catalog_documents WHERE kind = :kind AND version <= :oldest")
                    .bind("kind", addition.kind().word()).bind("oldest", version - KEPT).execute();
            return new CatalogVersion(addition.kind(), version, addition.document(), addition.restoredFrom(),
                    addition.note(), addition.createdAt());
        });
    }

    private static Map<CatalogKind, CatalogVersion> newest(Handle handle) {
        Map<CatalogKind, CatalogVersion> newest = new EnumMap<>(CatalogKind.class);
        for (CatalogKind kind : CatalogKind.values()) {
            find(handle, kind, newestNumber(handle, kind)).ifPresent(version -> newest.put(kind, version));
        }
        return newest;
    }

    private static long newestNumber(Handle handle, CatalogKind kind) {
        return handle.createQuery("SELECT COALESCE(MAX(version), 0) FROM catalog_documents WHERE kind = :kind")
                .bind("kind", kind.word()).mapTo(Long.class).one();
    }

    private static Optional<CatalogVersion> find(Handle handle, CatalogKind kind, long version) {
        return handle
                .createQuery("SELECT " + COLUMNS
                        + " FROM catalog_documents WHERE kind = :kind AND version = :version")
                .bind("kind", kind.word()).bind("version", version).map((row, _) -> version(row)).findOne();
    }

    private static CatalogVersion version(ResultSet row) throws SQLException {
        long restored = row.getLong("restored_from");
        Long restoredFrom = row.wasNull() ? null : restored;
        return new CatalogVersion(CatalogKind.of(row.getString("kind")), row.getLong("version"),
                row.getString("document"), restoredFrom,
                row.getString("note"), Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
