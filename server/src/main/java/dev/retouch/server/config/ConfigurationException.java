package dev.retouch.server.config;

/** A mistake in the settings, told so that it can be mended: where it is, what is wrong, what was probably meant. */
public final class ConfigurationException extends RuntimeException {

    /** A mistake with its whole story in one line. */
    public ConfigurationException(String message) {
        super(message);
    }
}
