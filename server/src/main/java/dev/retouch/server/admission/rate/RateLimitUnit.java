package dev.retouch.server.admission.rate;

/** Unit that a rate limit counts. */
public enum RateLimitUnit {
    /** Edits that start. */
    REQUESTS("requests"),
    /** Input and requested images. */
    IMAGES("images");

    private final String word;

    RateLimitUnit(String word) {
        this.word = word;
    }

    /** Returns the unit's name in headers. */
    public String word() {
        return word;
    }
}
