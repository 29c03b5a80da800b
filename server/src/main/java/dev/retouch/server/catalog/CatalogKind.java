package dev.retouch.server.catalog;

import java.util.Arrays;

/** What a document describes. */
public enum CatalogKind {
    /** Upstreams, in the form of the upstreams file. */
    UPSTREAMS("upstreams"),
    /** Models, in the form of the models file. */
    MODELS("models"),
    /** Moderation rules, in the form of the rules file. */
    RULES("rules");

    private final String word;

    CatalogKind(String word) {
        this.word = word;
    }

    /** Returns the kind with this name. */
    static CatalogKind of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst().orElseThrow();
    }

    /** The name in the API and in the database. */
    public String word() {
        return word;
    }
}
