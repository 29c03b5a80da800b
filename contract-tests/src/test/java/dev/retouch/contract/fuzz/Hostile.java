package dev.retouch.contract.fuzz;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.util.RawValue;

/** Hostile values. */
final class Hostile {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final List<String> TEXTS = List.of("", " ", "null", "true", "\u0000", "a\u0000b", "\u001b[2J\u0007",
            "a\tb", "\u202egnp.exe", "\ufeffauto", "\u00e9\u0301\u4e2d\u6587", "\ud83c\udf88".repeat(40), "\ud800",
            "'; DROP TABLE edits; --",
            "${jndi:ldap://127.0.0.1/x}", "{{7*7}}", "%s%n%d", "../../../../etc/passwd", "..\\..\\windows",
            "<script>alert(1)</script>",
            "-1", "0", "1.0", "1e3", "0x10", "+1", "99999999999999999999999", "-9223372036854775808", "NaN", "Infinity",
            "\u0661",
            "1024x", "0x0", "99999x99999", "1024X1024", "2026-02-30", "9999-12-31", "0000-00-00", "-999999999-01-01",
            "+999999999-12-31",
            "image/png; charset=\"", "constructor", "__proto__", ",", ",,,", "[]", "{}", "\"", "\\", "*", "\u00b2");

    private static final List<String> NUMBERS = List.of("-1", "0", "11", "1.5", "-0", "1e2", "1e999", "-1e999",
            "2147483648", "-2147483649",
            "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1" + "0".repeat(400),
            "0." + "0".repeat(400) + "1",
            "1e-999999999", "1e999999999", "253402300800", "31556889864403200");

    private static final List<String> URLS = List.of("http://127.0.0.1/", "http://127.0.0.1:80/a.png", "http://[::1]/",
            "https://169.254.169.254/latest",
            "http://0/", "http://2130706433/", "http://0x7f.1/", "http://10.0.0.1:22/", "file:///etc/passwd",
            "ftp://127.0.0.1/a", "http://", "http://[",
            "http:///a", "http://127.0.0.1:99999/", "http://user:pw@127.0.0.1/", "HTTP://127.0.0.1/",
            "http://127.0.0.1/\r\nX: y", "data:", "data:,",
            "data:image/png;base64", "data:image/png;base64,", "data:image/png;base64,!!!!",
            "data:text/html;base64,PGI+", "data:image/png,abc",
            "data:;base64,AAAA", "AAAA", "A", "====", "javascript:alert(1)", "http://%00/",
            "http://127.0.0.1%2f@10.0.0.1/");

    private Hostile() {}

    static String text(SeededRandom draw) {
        return switch (draw.below(10)) {
            case 0 -> "a".repeat(Math.toIntExact(draw.between(200, 300)));
            case 1 -> "\u00e4".repeat(draw.oneOf(List.of(1_001, 32_001, 70_000)));
            case 2 -> draw.oneOf(URLS);
            case 3 -> anything(draw);
            default -> draw.oneOf(TEXTS);
        };
    }

    /** One that takes part of a line of a header or of a path and is not too long for one. */
    static String shortText(SeededRandom draw) {
        return draw.chance(20) ? anything(draw) : draw.oneOf(TEXTS);
    }

    static String url(SeededRandom draw) {
        return draw.oneOf(URLS);
    }

    static JsonNode json(SeededRandom draw) {
        return switch (draw.below(9)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(draw.chance(50));
            case 2, 3 -> NODES.rawValueNode(new RawValue(draw.oneOf(NUMBERS)));
            case 4 -> NODES.rawValueNode(new RawValue(nested(draw)));
            case 5 -> NODES.arrayNode().add(text(draw)).addNull().add(draw.below(3));
            case 6 -> NODES.objectNode().put(shortText(draw), draw.below(3)).put("image_url", url(draw));
            default -> NODES.textNode(text(draw));
        };
    }

    private static String nested(SeededRandom draw) {
        int depth = draw.oneOf(List.of(3, 40, 600, 2_000, 20_000));
        return draw.chance(50)
                ? "[".repeat(depth) + "]".repeat(depth)
                : "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    private static String anything(SeededRandom draw) {
        StringBuilder text = new StringBuilder();
        for (int count = draw.below(24); count >= 0; count--) {
            text.append((char) draw.between(0, draw.chance(70) ? 0x7f : 0xffff));
        }
        return text.toString();
    }
}
