package dev.retouch.server.app;

import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a command that ends by itself. What it did is its output, and what went wrong is its last line, so that the log
 * only tells what neither does; a server's log tells more.
 */
final class QuietLog {

    /** The pool logs the whole trace of a database that is away, which the last line says in words. */
    private static final Map<String, Level> LEVELS = Map.of(org.slf4j.Logger.ROOT_LOGGER_NAME, Level.ERROR,
            "dev.retouch", Level.WARN, "com.zaxxer.hikari", Level.OFF);

    private QuietLog() {}

    /** Sets it for the rest of this process. */
    static void set() {
        LEVELS.forEach((name, level) -> {
            if (LoggerFactory.getLogger(name) instanceof Logger logger) {
                logger.setLevel(level);
            }
        });
    }
}
