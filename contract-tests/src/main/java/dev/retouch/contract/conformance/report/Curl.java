package dev.retouch.contract.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.contract.conformance.wire.Body;
import dev.retouch.contract.conformance.wire.Request;
import dev.retouch.contract.conformance.wire.Sender;
import dev.retouch.contract.conformance.wire.Target;

/**
 * Formats a request as a curl command line. The key is a variable; files and long texts are replaced by their names.
 */
final class Curl {

    private static final int LONGEST = 160;

    private Curl() {}

    static String of(Request request, Target target) {
        List<String> lines = new ArrayList<>();
        String method = request.method().equals(request.body() instanceof Body.None ? "GET" : "POST")
                ? ""
                : "-X " + request.method() + " ";
        lines.add("curl " + method + target.at(request.path()));
        switch (request.key()) {
            case RIGHT -> lines.add("-H \"Authorization: Bearer $RETOUCH_KEY\"");
            case WRONG -> lines.add("-H " + quoted("Authorization: Bearer " + Sender.WRONG_KEY));
            case NONE -> {
                // that is the case
            }
        }
        request.headers().forEach((name, value) -> lines.add("-H " + quoted(name + ": " + value)));
        lines.addAll(body(request.body()));
        return String.join(" \\\n  ", lines);
    }

    private static List<String> body(Body body) {
        return switch (body) {
            case Body.None _ -> List.of();
            case Body.Parts(List<Body.Part> parts) -> parts.stream().map(Curl::part).toList();
            case Body.Json json -> List.of("-H " + quoted("Content-Type: application/json"), "-d "
                    + quoted(readable(json.shown())));
            case Body.Raw raw -> List.of("-H " + quoted("Content-Type:" + raw.contentType().map(type -> " " + type)
                    .orElse("")), "--data-binary " + quoted(shortened(raw.shown())));
        };
    }

    private static String part(Body.Part part) {
        return "-F " + switch (part) {
            case Body.Part.Text(String name, String value) -> quoted(name + "=" + shortened(value));
            case Body.Part.File file -> quoted(file.name() + "=@" + file.file().name()
                    + said(";type=", file.type().filter(type -> !type.equals(file.file().type())))
                    + said(";filename=", file.fileName().filter(name -> !name.equals(file.file().name()))
                            .map(name -> name.isEmpty() ? "\"\"" : name)));
        };
    }

    private static String said(String prefix, Optional<String> value) {
        return value.map(text -> prefix + text).orElse("");
    }

    private static String readable(JsonNode document) {
        return document.isObject()
                ? document.properties().stream().map(field -> "\n    \"" + field.getKey() + "\": " + shortened(field
                        .getValue().toString())).collect(Collectors.joining(",", "{", "\n  }"))
                : document.toString();
    }

    private static String shortened(String text) {
        int length = text.codePointCount(0, text.length());
        return length > LONGEST
                ? text.substring(0, text.offsetByCodePoints(0, 12)) + "… (" + length + " characters)"
                : text;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
