package dev.retouch.contract.conformance.report;

import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.contract.conformance.report.Report.Facts;
import dev.retouch.contract.conformance.report.Report.Row;
import dev.retouch.contract.conformance.report.Shown.ShownAnswer;
import dev.retouch.contract.conformance.report.Shown.ShownCase;
import dev.retouch.contract.conformance.report.Shown.ShownImage;
import dev.retouch.contract.conformance.run.Outcome.State;
import dev.retouch.contract.conformance.wire.Target;

/** The report for programs. Its fields are documented in the guide, and stay as they are. */
final class JsonReport {

    /** Increased when a field is removed or changes its meaning. */
    private static final int FORMAT = 1;

    private final JsonNodeFactory nodes = JsonNodeFactory.instance;
    private final ObjectNode root = nodes.objectNode();

    JsonReport(Target target, Facts facts, long seconds, List<Row> rows, List<ShownCase> cases) {
        root.put("format", FORMAT).put("endpoint", target.base().toString()).put("started", facts.started().toString())
                .put("seconds", seconds).put("version", facts.version()).put("contract", facts.contract())
                .put("paid", facts.paid()).put("heavy", facts.heavy()).put("estimate", facts.estimate());
        root.putObject("counts").put("passed", count(cases, State.PASSED)).put("differs", count(cases, State.DIFFERS))
                .put("not_run", count(cases, State.NOT_RUN));
        ArrayNode table = root.putArray("rows");
        rows.forEach(row -> table.addObject().put("name", row.name()).put("title", row.title())
                .put("passed", row.passed()).put("differs", row.differs()).put("not_run", row.notRun()));
        ArrayNode list = root.putArray("cases");
        cases.forEach(each -> list.add(one(each)));
    }

    private static long count(List<ShownCase> cases, State state) {
        return cases.stream().filter(each -> each.state() == state).count();
    }

    private ObjectNode one(ShownCase each) {
        ObjectNode node = nodes.objectNode().put("id", each.id()).put("row", each.row()).put("name", each.name())
                .put("shows", each.shows());
        ArrayNode rules = node.putArray("rules");
        each.rules().forEach(rules::add);
        node.put("paid", each.paid()).put("state", each.state().name().toLowerCase(Locale.ROOT));
        each.reason().ifPresent(reason -> node.put("reason", reason));
        node.put("milliseconds", each.milliseconds());
        ArrayNode differences = node.putArray("differences");
        each.differences().forEach(difference -> differences.addObject().put("what", difference.what())
                .put("expected", difference.expected()).put("got", difference.got()));
        ArrayNode notes = node.putArray("notes");
        each.notes().forEach(notes::add);
        ObjectNode request = node.putObject("request").put("method", each.request().method())
                .put("path", each.request().path()).put("curl", each.request().curl());
        request.set("files", images(each.request().files()));
        each.answer().ifPresent(answer -> node.set("answer", answer(answer)));
        return node;
    }

    private ObjectNode answer(ShownAnswer answer) {
        ObjectNode node = nodes.objectNode().put("status", answer.status());
        ArrayNode headers = node.putArray("headers");
        answer.headers().forEach(headers::add);
        node.put("bytes", answer.bytes()).put("body", answer.body());
        node.set("images", images(answer.images()));
        return node;
    }

    /** Without the small copies, which are for eyes. */
    private ArrayNode images(List<ShownImage> images) {
        ArrayNode list = nodes.arrayNode();
        images.forEach(image -> list.addObject().put("label", image.label()).put("facts", image.facts()));
        return list;
    }

    String text() {
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
