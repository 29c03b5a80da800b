package dev.retouch.server.cli;

import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures the log of short commands: only warnings and errors. A command reports its result and its failure on the
 * console.
 */
final class CommandLogging {

    /** The connection pool logs stack traces of an unavailable database, which the console reports in a line. */
    private static final Map<String, Level> LEVELS = Map.of(org.slf4j.Logger.ROOT_LOGGER_NAME, Level.ERROR,
            "dev.retouch", Level.WARN, "com.zaxxer.hikari", Level.OFF);

    private CommandLogging() {}

    /** Applies the levels until the process ends. */
    static void set() {
        LEVELS.forEach((name, level) -> {
            if (LoggerFactory.getLogger(name) instanceof Logger logger) {
                logger.setLevel(level);
            }
        });
    }
}
