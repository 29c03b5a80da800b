package dev.retouch.server.upstream;

/** How a call of an upstream ended. */
public enum Outcome {
    /** With an edit. */
    ANSWERED(false),
    /** It refused the edit itself, which is right of it. */
    REFUSED(false),
    /** It could not be reached. */
    UNREACHABLE(true),
    /** It limits how often it is asked. */
    LIMITED(false),
    /** It refused our key, or our account has no money. */
    CREDENTIALS(false),
    /** It has too much to do. */
    OVERLOADED(true),
    /** It did not answer in time. */
    TIMED_OUT(true),
    /** It answered with a failure, or with something that is no edit. */
    FAILED(true),
    /** Its answer began and broke off. */
    BROKEN_OFF(true),
    /** Nobody waited for it any more. */
    CANCELED(false);

    private final boolean ill;

    Outcome(boolean ill) {
        this.ill = ill;
    }

    /** Whether it speaks against the upstream. */
    boolean isIll() {
        return ill;
    }

    /** Whether it speaks for the upstream. */
    boolean isWell() {
        return this == ANSWERED || this == REFUSED;
    }
}
