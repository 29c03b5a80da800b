package dev.retouch.server.settings;

/** Thrown if a setting is invalid. The message names the place, the fault and the probable intention. */
public final class ConfigurationException extends RuntimeException {

    /** Creates the exception with a single-line message. */
    public ConfigurationException(String message) {
        super(message);
    }
}
