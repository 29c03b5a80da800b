package dev.retouch.server.catalog;

/** What a document describes. */
public enum CatalogKind {
    /** Upstreams, in the form of the upstreams file. */
    UPSTREAMS("upstreams"),
    /** Models, in the form of the models file. */
    MODELS("models");

    private final String word;

    CatalogKind(String word) {
        this.word = word;
    }

    /** The name in the API and in the database. */
    public String word() {
        return word;
    }
}
