package dev.retouch.mock.scenario;

/** A scenario was asked for in words that mean nothing here. The message lists what would. */
public final class UnknownScenario extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public UnknownScenario(String message) {
        super(message);
    }
}
