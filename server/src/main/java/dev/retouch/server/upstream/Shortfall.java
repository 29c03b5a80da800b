package dev.retouch.server.upstream;

/**
 * What an upstream cannot do as the edit asks for it.
 *
 * @param parameter the parameter
 * @param reason why, as the end of a sentence
 * @param degree how much it matters
 */
public record Shortfall(String parameter, String reason, Degree degree) {

    /** How much a shortfall matters, the least first. */
    public enum Degree {
        /** The upstream does nearly the same, such as the nearest size. */
        APPROXIMATE,
        /** The edit can run without the parameter. */
        OMITTABLE,
        /** The edit cannot run. */
        IMPOSSIBLE
    }
}
