package dev.retouch.contract.conformance.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.contract.conformance.check.Evidence;
import dev.retouch.contract.conformance.check.Returned;
import dev.retouch.contract.conformance.report.Shown.ShownAnswer;
import dev.retouch.contract.conformance.report.Shown.ShownCase;
import dev.retouch.contract.conformance.report.Shown.ShownDifference;
import dev.retouch.contract.conformance.report.Shown.ShownImage;
import dev.retouch.contract.conformance.report.Shown.ShownRequest;
import dev.retouch.contract.conformance.run.Outcome;
import dev.retouch.contract.conformance.wire.Answer;
import dev.retouch.contract.conformance.wire.Body;
import dev.retouch.contract.conformance.wire.NamedFile;
import dev.retouch.contract.conformance.wire.Redaction;
import dev.retouch.contract.conformance.wire.StreamEvent;
import dev.retouch.contract.conformance.wire.Target;
import dev.retouch.contract.harness.Picture;

/** Makes of an outcome what may be shown of it, so that the answer itself can be forgotten. */
final class Exhibit {

    private static final int MAX_VALUE = 240;
    private static final int LEFT_OF_VALUE = 48;
    private static final int MAX_BODY = 6_000;
    private static final int MAX_EVENTS = 20;
    private static final int MAX_HEADERS = 40;

    private final Target target;
    private final Redaction redaction;
    private final Thumbnails thumbnails = new Thumbnails();
    private final Map<String, ShownImage> files = new LinkedHashMap<>();
    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    Exhibit(Target target, Redaction redaction) {
        this.target = target;
        this.redaction = redaction;
    }

    ShownCase of(Outcome outcome) throws InterruptedException {
        var tried = outcome.tried();
        Optional<ShownAnswer> answer = outcome.evidence().isPresent()
                ? Optional.of(answer(outcome.evidence().get()))
                : Optional.empty();
        return new ShownCase(tried.row().name(), tried.name(), tried.shows(), tried.rules(), tried.paid(),
                outcome.state(),
                outcome.reason(), outcome.differences().stream().map(difference -> new ShownDifference(
                        clean(difference.what()), clean(difference.expected()), clean(difference.got()))).toList(),
                outcome.notes().stream().map(this::clean).toList(), outcome.took().toMillis(), request(outcome),
                answer);
    }

    private ShownRequest request(Outcome outcome) {
        var request = outcome.tried().request();
        List<ShownImage> shown = new ArrayList<>();
        boolean unsent = outcome.tried().heavy() && outcome.evidence().isEmpty();
        switch (unsent ? new Body.None() : request.body()) {
            case Body.Parts(List<Body.Part> parts) -> parts.forEach(part -> {
                if (part instanceof Body.Part.File file) {
                    shown.add(sent(file.file()));
                }
            });
            case Body.Json sent -> sent.files().values().forEach(file -> shown.add(sent(file)));
            case Body.None _,Body.Raw _ -> {
                // no files
            }
        }
        return new ShownRequest(request.method(), request.path(), clean(Curl.of(request, target)), shown);
    }

    /** Files are sent by many cases, and looked at once. */
    private ShownImage sent(NamedFile file) {
        return files.computeIfAbsent(file.name(), name -> {
            byte[] bytes = file.bytes();
            try {
                Picture picture = Picture.of(bytes);
                return new ShownImage(name, picture.format() + " of " + picture.width() + "x" + picture.height() + ", "
                        + size(bytes.length), thumbnails.of(picture));
            } catch (RuntimeException e) {
                return new ShownImage(name, size(bytes.length) + ", no picture", Optional.empty());
            }
        });
    }

    private ShownAnswer answer(Evidence evidence) throws InterruptedException {
        Answer answer = evidence.answer();
        List<String> headers = answer.headers().entrySet().stream()
                .flatMap(header -> header.getValue().stream().map(value -> header.getKey() + ": " + value))
                .limit(MAX_HEADERS).map(this::value).toList();
        List<ShownImage> images = new ArrayList<>();
        for (Returned image : evidence.images()) {
            String facts = image.facts() + image.file().map(file -> ", " + size(file.length)).orElse("")
                    + (image.base64() ? ", base64" : "") + (image.url().isPresent() ? ", behind a link" : "");
            images.add(new ShownImage(image.place(), clean(facts), image.picture().flatMap(thumbnails::of)));
        }
        return new ShownAnswer(answer.status(), headers, answer.body().length, body(evidence), images);
    }

    private String body(Evidence evidence) {
        StringBuilder body = new StringBuilder();
        if (evidence.isStream()) {
            List<StreamEvent> events = StreamEvent.all(evidence.answer().text());
            for (StreamEvent event : events.subList(0, Math.min(events.size(), MAX_EVENTS))) {
                body.append("event: ").append(value(event.name())).append("\ndata: ")
                        .append(event.json().map(data -> shortened(data).toString())
                                .orElseGet(() -> value(event.data())))
                        .append("\n\n");
            }
            if (events.size() > MAX_EVENTS) {
                body.append("… and ").append(events.size() - MAX_EVENTS).append(" more events");
            }
        } else {
            body.append(evidence.answer().json().map(this::written).orElseGet(() -> beginning(evidence.answer())));
        }
        return body.length() > MAX_BODY ? body.substring(0, MAX_BODY) + "…" : body.toString();
    }

    private String written(JsonNode document) {
        try {
            return json.writeValueAsString(shortened(document));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private String beginning(Answer answer) {
        String text = answer.text();
        int enough = MAX_BODY + redaction.margin();
        String clean = clean(text.length() > enough ? text.substring(0, enough) : text);
        return clean.length() > MAX_BODY ? clean.substring(0, MAX_BODY) + "…" : clean;
    }

    /** Field by field, so that a document stays one. */
    private JsonNode shortened(JsonNode node) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (node.isObject()) {
            ObjectNode copy = nodes.objectNode();
            node.properties().forEach(field -> copy.set(value(field.getKey()), shortened(field.getValue())));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = nodes.arrayNode();
            node.forEach(item -> copy.add(shortened(item)));
            return copy;
        }
        return node.isTextual() ? nodes.textNode(value(node.asText())) : node;
    }

    private String value(String text) {
        if (text.length() <= MAX_VALUE) {
            return clean(text);
        }
        // what is cut off must not leave half a key behind
        String clean = clean(text.substring(0, Math.min(text.length(), LEFT_OF_VALUE + redaction.margin())));
        return clean.substring(0, Math.min(clean.length(), LEFT_OF_VALUE)) + "… (" + text.length() + " characters)";
    }

    private String clean(String text) {
        return redaction.of(text);
    }

    private static String size(long bytes) {
        return bytes < 10_000
                ? bytes + " bytes"
                : bytes < 1_000_000
                        ? Math.round(bytes / 1000.0) + " KB"
                        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
