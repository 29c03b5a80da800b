package dev.retouch.mock.scenario;

/** An unknown scenario was requested. The message lists the known scenarios. */
public final class UnknownScenarioException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public UnknownScenarioException(String message) {
        super(message);
    }
}
