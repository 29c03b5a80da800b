package dev.retouch.server.catalog;

import java.util.Map;

/** The models, upstreams and moderation rules that this instance uses. */
public interface InstanceCatalog {

    /**
     * Validates documents as at a start, with the files where there are none. Changes nothing.
     *
     * @param versions the newest version of each kind that has one
     * @throws dev.retouch.server.settings.ConfigurationException if a document is invalid; the message names its place
     */
    void check(Map<CatalogKind, CatalogVersion> versions);

    /** Notes that a document was refused. */
    void refused();

    /** Reads the newest versions and uses them. */
    void reload();

    /** Returns what this instance uses now. */
    CatalogInUse inUse(CatalogKind kind);
}
