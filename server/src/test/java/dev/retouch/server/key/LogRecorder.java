package dev.retouch.server.key;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Records the log while it is open, the gateway's own packages at every level. */
final class LogRecorder implements AutoCloseable {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger own = (Logger) LoggerFactory.getLogger("dev.retouch.server");
    private final @Nullable Level before = own.getLevel();
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    LogRecorder() {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        own.setLevel(Level.TRACE);
    }

    /** Returns the events of a class. */
    List<ILoggingEvent> of(Class<?> type) {
        return events.stream().filter(event -> event.getLoggerName().equals(type.getName())).toList();
    }

    /** Returns all events with their exceptions. */
    String text() {
        return events.stream().map(event -> event.getFormattedMessage() + "\n"
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        own.setLevel(before);
        root.detachAppender(appender);
        appender.stop();
    }
}
