package dev.retouch.server.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * Writes each log line as a JSON object: time, level, logger, the text of the line, and its arguments as members. A member has the name
 * that is before its argument in the line, such as {@code upstream={}}. Named in {@code logback.xml}.
 */
public final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);
    private static final Pattern ARGUMENT = Pattern.compile("(?:([a-z][a-z0-9-]*)=\"?)?\\{}");
    /** Short names of the text lines, and the names that they have in JSON. */
    private static final Map<String, String> NAMES = Map.of("request", "request_id", "edit", "edit_id", "key",
            "key_id", "ms", "duration_ms");

    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try {
            mapper.writeValue(line, members(event));
        } catch (IOException e) {
            addError("a log line cannot be written as JSON", e);
        }
        line.write('\n');
        return line.toByteArray();
    }

    private static Map<String, Object> members(ILoggingEvent event) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("timestamp", TIME.format(event.getInstant()));
        members.put("level", event.getLevel().toString());
        members.put("logger", event.getLoggerName());
        members.put("message", event.getFormattedMessage());
        arguments(event).forEach(members::putIfAbsent);
        event.getMDCPropertyMap().forEach((name, value) -> members.putIfAbsent(member(name), value));
        if (event.getThrowableProxy() != null) {
            members.put("stack_trace", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return members;
    }

    private static Map<String, Object> arguments(ILoggingEvent event) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        Object[] values = event.getArgumentArray();
        if (values == null) {
            return arguments;
        }
        Matcher place = ARGUMENT.matcher(event.getMessage());
        for (int i = 0; i < values.length && place.find(); i++) {
            if (values[i] instanceof LogFields fields) {
                fields.values().forEach((name, value) -> arguments.put(member(name), plain(value)));
            } else if (place.group(1) != null && values[i] != null) {
                arguments.put(member(place.group(1)), plain(values[i]));
            }
        }
        return arguments;
    }

    private static String member(String name) {
        return NAMES.getOrDefault(name, name.replace('-', '_'));
    }

    /** Numbers and switches stay what they are; everything else is text. */
    private static Object plain(@Nullable Object value) {
        return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
    }
}
