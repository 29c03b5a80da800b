package dev.retouch.contract.fuzz;

import java.util.ArrayList;
import java.util.List;

import dev.retouch.contract.fuzz.Case.Header;

/** The lines above a body. */
final class Headers {

    private static final List<String> NAMES = List.of("Accept", "Content-Type", "Content-Encoding", "Range",
            "If-None-Match", "If-Modified-Since",
            "If-Range", "Host", "Expect", "TE", "Upgrade", "Origin", "Cookie", "X-Request-Id", "X-Forwarded-For",
            "X-Forwarded-Proto", "Forwarded",
            "X-Forwarded-Host", "Authorization", "Idempotency-Key", "Prefer", "Accept-Encoding", "Accept-Language",
            "X-HTTP-Method-Override",
            "Transfer-Encoding", "Access-Control-Request-Method", "Content-Disposition", "Max-Forwards",
            "x" + "y".repeat(300), "a b", "", "\u00e4");

    private static final List<String> VALUES = List.of("application/json;q=high", "text/html", "*/*;q=0", "image/*",
            "text/csv", "text/event-stream",
            "application/json, text/event-stream", "application/json; charset=utf-16", "text/plain",
            "application/x-www-form-urlencoded", "application/",
            "/", "bytes=0-0", "bytes=-1", "bytes=5-2", "bytes=0-,0-,0-,0-", "bytes=99999999999999999999-", "rows=1",
            "\"etag\"", "*", "gzip", "br",
            "Bearer", "Bearer ", "Bearer \u00e4", "Basic c2s6", "Bearer sk-wrong-wrong-wrong", "null",
            "https://evil.test", "localhost", "a:b:c", "[::1", "example.com:99999",
            "for=unknown;proto=javascript", "websocket", "trailers",
            "100-discontinue", "Thu, 99 Foo 2026", "chunked, chunked", "gzip, chunked", "identity",
            "xx\r\nX-Injected: 1", "a\rb", "a\u0000b", "\u0001",
            "\r\n folded", "{{7*7}}");

    private static final List<String> PREFERENCES = List.of("respond-async", "respond-async, wait=0",
            "respond-async, wait=1", "wait=1",
            "respond-async; foo=\"bar", "respond-async, wait=99999999999999999999", "respond-async, wait=-1",
            "respond-async=\"\"", ",,,", "return=minimal",
            "RESPOND-ASYNC", "respond-async,respond-async, wait=\u0661");

    private Headers() {}

    static List<Header> of(Operation operation, String contentType, int mistakes, SeededRandom draw) {
        List<Header> headers = new ArrayList<>(
                List.of(new Header("Host", "{{host}}"), new Header("Connection", "close")));
        String credential = operation.credential();
        if (!credential.isEmpty()) {
            headers.add(new Header("Authorization", credential.contains("key") && draw.chance(30)
                    ? "Bearer {{sandbox-key}}"
                    : credential));
        }
        if (!contentType.isEmpty()) {
            headers.add(new Header("Content-Type", contentType));
        }
        if (operation.id().equals("createImageEdit")) {
            forEdits(headers, mistakes, draw);
        }
        if (operation.id().endsWith("Usage") && draw.chance(30)) {
            headers.add(new Header("Accept", "text/csv"));
        }
        for (int count = mistakes; count > 0; count--) {
            spoil(headers, draw);
        }
        return headers;
    }

    private static void forEdits(List<Header> headers, int mistakes, SeededRandom draw) {
        if (draw.chance(15)) {
            headers.add(new Header("Idempotency-Key", mistakes > 0 && draw.chance(50)
                    ? Hostile.shortText(draw)
                    : "again-" + draw.below(50)));
        }
        if (draw.chance(10)) {
            headers.add(new Header("Prefer", mistakes > 0 ? draw.oneOf(PREFERENCES) : PREFERENCES.getFirst()));
        }
    }

    private static void spoil(List<Header> headers, SeededRandom draw) {
        if (headers.isEmpty()) {
            return;
        }
        switch (draw.below(10)) {
            case 0 -> headers.remove(draw.below(Math.max(1, headers.size() - 1)) == 0 ? 0 : headers.size() - 1);
            case 1 -> headers.add(headers.get(draw.below(headers.size())));
            case 2 -> {
                for (int count = draw.oneOf(List.of(20, 400)); count > 0; count--) {
                    headers.add(new Header("X-Many-" + count, "a".repeat(30)));
                }
            }
            case 3 -> headers.add(new Header(draw.oneOf(NAMES), Hostile.shortText(draw)));
            case 4 -> headers.add(new Header(draw.oneOf(NAMES), "a".repeat(draw.oneOf(List.of(256, 4_000, 20_000)))));
            default -> headers.add(new Header(draw.oneOf(NAMES), draw.oneOf(VALUES)));
        }
    }
}
