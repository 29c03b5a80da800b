package dev.retouch.server.log;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** The levels of the gateway's loggers. Loggers of libraries are not among them, because they log headers with secrets. */
public final class LogLevels {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLevels.class);
    private static final String ROOT = "dev.retouch";

    /** Returns the loggers with a set level, and the levels in lower case. */
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context().getLoggerList()) {
            if (logger.getLevel() != null && isOurs(logger.getName())) {
                Level level = logger.getLevel().toInt() < Level.TRACE_INT ? Level.TRACE : logger.getLevel();
                levels.put(logger.getName(), level.toString().toLowerCase(Locale.ROOT));
            }
        }
        return levels;
    }

    /** Whether a name is that of a logger of the gateway. */
    public static boolean isOurs(String name) {
        return name.matches("dev\\.retouch(\\.[A-Za-z0-9_-]{1,60}){0,6}");
    }

    /**
     * Sets the level of a logger and of those below it.
     *
     * @param level a level in any case
     */
    public void set(String name, String level) {
        if (!isOurs(name)) {
            throw new IllegalArgumentException(name + " is not a logger of the gateway");
        }
        context().getLogger(name).setLevel(Level.valueOf(level));
        LOG.warn("log level changed logger={} level={}", name, level);
    }

    private static LoggerContext context() {
        return ((Logger) LoggerFactory.getLogger(ROOT)).getLoggerContext();
    }
}
