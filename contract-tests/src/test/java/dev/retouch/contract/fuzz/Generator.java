package dev.retouch.contract.fuzz;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;

/** Makes requests from the document: the same number of the same seed is always the same request. */
final class Generator {

    private static final int WEIGHT_OF_AN_EDIT = 5;
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
            "TRACE", "FETCH",
            "post", "P\u00d6ST", "");

    private final long seed;
    private final List<Operation> operations = new ArrayList<>();
    private final Values values;
    private final Bodies bodies;

    Generator(JsonNode document, long seed) {
        this.seed = seed;
        values = new Values(document);
        bodies = new Bodies(values);
        for (Operation operation : Operation.of(document)) {
            for (int weight = operation.isEdit() ? WEIGHT_OF_AN_EDIT : 1; weight > 0; weight--) {
                operations.add(operation);
            }
        }
    }

    /** A case by its number. */
    Case of(int number) {
        SeededRandom draw = new SeededRandom(seed, number);
        Operation operation = draw.oneOf(operations);
        boolean isRight = draw.chance(25);
        boolean isInBody = draw.chance(operation.mediaType().isEmpty() ? 5 : 65);
        int mistakes = isRight ? 0 : 1 + draw.below(draw.chance(60) ? 1 : 4);

        Bodies.Body body = bodies.of(operation, isInBody ? mistakes : 0, draw);
        boolean isInHead = !isRight && (!isInBody || draw.chance(20));
        String target = target(operation, isInHead, draw);
        List<Case.Header> headers = Headers.of(operation, body.contentType(), isInHead ? mistakes : 0, draw);
        return new Case(seed, number, operation.id() + " " + operation.mediaType(),
                isInHead && draw.chance(15) ? draw.oneOf(METHODS) : operation.method(), target,
                isInHead && draw.chance(4)
                        ? draw.oneOf(List.of("", " HTTP/1.0", " HTTP/3.7", " http/1.1", " "))
                        : " HTTP/1.1",
                headers, body.bytes(), delivery(isInHead, draw));
    }

    private static Case.Delivery delivery(boolean mayBeWrong, SeededRandom draw) {
        if (!mayBeWrong || draw.chance(70)) {
            return draw.chance(90) ? Case.Delivery.WHOLE : Case.Delivery.CHUNKED;
        }
        Case.Delivery delivery = draw.oneOf(List.of(Case.Delivery.values()));
        return delivery == Case.Delivery.TOO_SHORT_AND_SILENT && draw.chance(70)
                ? Case.Delivery.TOO_SHORT_AND_FINISHED
                : delivery;
    }

    private String target(Operation operation, boolean mayBeWrong, SeededRandom draw) {
        String path = operation.path();
        List<String> query = new ArrayList<>();
        for (JsonNode parameter : operation.definition().path("parameters")) {
            String name = parameter.path("name").asText();
            boolean isWrong = mayBeWrong && draw.chance(50);
            switch (parameter.path("in").asText()) {
                case "path" -> path = path.replace("{" + name + "}", isWrong
                        ? strangeSegment(draw)
                        : segment(operation, name, parameter, draw));
                case "query" -> {
                    if (name.equals("expires") || name.equals("signature")) {
                        query.add(name + "=" + (isWrong ? encoded(Hostile.shortText(draw)) : "{{" + name + "}}"));
                    } else if (isWrong || draw.chance(50)) {
                        query.add(name + "=" + encoded(isWrong
                                ? Hostile.text(draw)
                                : values.of(name, parameter.path("schema"), draw).asText()));
                    }
                }
                default -> {
                    // headers are written elsewhere
                }
            }
        }
        if (mayBeWrong && draw.chance(10)) {
            query.add(draw.oneOf(List.of("start=1&start=2", "%", "%zz=1", "=", "a=%ff%fe", "&&&", "x[]=1;y",
                    "signature=" + "f".repeat(9_000))));
        }
        if (mayBeWrong && draw.chance(10)) {
            path = strangePath(path, draw);
        }
        return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private String segment(Operation operation, String name, JsonNode parameter, SeededRandom draw) {
        if (operation.id().equals("fetchFile")) {
            return "{{file}}";
        }
        return values.of(name, parameter.path("schema"), draw).asText();
    }

    private static String strangeSegment(SeededRandom draw) {
        return draw.chance(50)
                ? encoded(Hostile.shortText(draw)).replace("+", "%20")
                : draw.oneOf(List.of("..%2f..%2fetc%2fpasswd", "%00", "%zz", "%2", "..;", ";a=b", ".", "..", "%2e%2e",
                        "%252e%252e", "a b", "\u4e2d",
                        "a//b", "%c0%af", "%ff", "a".repeat(3_000), "%5c..%5c", "{{file}}%00.png", "a\tb", "[", "|",
                        "{x}", "*"));
    }

    private static String strangePath(String path, SeededRandom draw) {
        return draw.oneOf(List.of("/" + path, path + "/", path + "/more", path + ";x=1", path.replace("/v1", "/V1"),
                path.substring(1),
                "http://127.0.0.1" + path, "/../.." + path, "/docs/.." + path, "*", "", "/", path + "#fragment",
                "/%2e%2e" + path,
                "//127.0.0.1" + path, path + "%0d%0aX:1", "/admin/v1", "/openapi.json", "/docs/", "/favicon.ico"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
