package dev.retouch.server.http;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

import dev.retouch.server.exchange.Exchange;

/** Appends {@code request=…} to log lines without it. Named in {@code logback.xml}. */
public final class RequestIdConverter extends ClassicConverter {

    /** MDC key of the request id. */
    static final String KEY = Exchange.LOG_KEY;

    @Override
    public String convert(ILoggingEvent event) {
        String id = event.getMDCPropertyMap().get(KEY);
        return id == null || event.getFormattedMessage().contains(" request=" + id) ? "" : " request=" + id;
    }
}
