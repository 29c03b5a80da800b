package dev.retouch.server.front;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

import dev.retouch.server.intake.Exchange;

/** The word {@code request=...} at the end of a line of the log that has it not yet. Named in logback.xml. */
public final class RequestIdWord extends ClassicConverter {

    /** Under which name the id of a thread's request is kept. */
    static final String KEY = Exchange.LOG_KEY;

    @Override
    public String convert(ILoggingEvent event) {
        String id = event.getMDCPropertyMap().get(KEY);
        return id == null || event.getFormattedMessage().contains(" request=" + id) ? "" : " request=" + id;
    }
}
