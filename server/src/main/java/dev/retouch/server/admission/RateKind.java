package dev.retouch.server.admission;

/** What is counted within a minute. */
public enum RateKind {
    /** Edits that begin. */
    REQUESTS("requests"),
    /** Images, those that come in and those that are asked for. */
    IMAGES("images");

    private final String word;

    RateKind(String word) {
        this.word = word;
    }

    /** As headers say it. */
    public String word() {
        return word;
    }
}
