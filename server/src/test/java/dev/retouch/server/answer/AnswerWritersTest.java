package dev.retouch.server.answer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Any reader with any writer: what the client asked for is what leaves, whatever the upstream sent and however it was cut. */
class AnswerWritersTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(99));
    private static final String ONE = Wires.png(2, 3);
    private static final String TWO = Wires.png(4, 5);

    @TempDir
    private Path folder;

    enum Wire {
        DOCUMENT("""
                {"created":7,"size":"2x3","data":[{"b64_json":"ONE","revised_prompt":"p"},{"url":"","b64_json":"TWO"}],
                "usage":{"input_tokens":30,"output_tokens":40,"total_tokens":70}}"""), EVENTS("""
                event: image_edit.partial_image
                data: {"type":"image_edit.partial_image","b64_json":"ONE","partial_image_index":0,"size":"2x3"}

                event: image_edit.completed
                data: {"type":"image_edit.completed","b64_json":"ONE","created_at":7,"size":"2x3","revised_prompt":"p",
                data: "usage":{"input_tokens":15,"output_tokens":20,"total_tokens":35}}

                data: {"type":"image_edit.completed","b64_json":"TWO","created_at":7,"size":"2x3",
                data: "usage":{"input_tokens":15,"output_tokens":20,"total_tokens":35}}"""), INVENTED("""
                {"candidates":[{"parts":[{"words":"here"},{"data":"ONE"},{"data":"TWO"}]}],
                "tokens":{"TEXT":10,"IMAGE":20,"OUT":40}}""");

        private final String text;

        Wire(String text) {
            this.text = text.replace("ONE", ONE).replace("TWO", TWO);
        }
    }

    private AnswerReader reader(Wire wire, boolean byteByByte) throws IOException {
        return wire == Wire.INVENTED
                ? new InventedReader(wire.text)
                : AnswerReaders.of(byteByByte ? Wires.byteByByte(wire.text) : Wires.cut(wire.text), Wires.held(folder));
    }

    private static RequestedOutput requested(int images) {
        return new RequestedOutput(images, null, "png", Map.of("size", "auto", "quality", "high"));
    }

    private String written(Wire wire, AnswerWriter writer, RecordingCharge charge, boolean byteByByte)
            throws IOException {
        AnswerMeter meter = new AnswerMeter(reader(wire, byteByByte), requested(2), charge);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] atCommit = {-1};
        writer.write(meter, out, () -> {
            atCommit[0] = out.size();
            meter.settle();
        });
        assertThat(atCommit[0]).isBetween(0, out.size() - 1);
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void writesADocumentWithBase64(Wire wire) throws IOException {
        RecordingCharge charge = new RecordingCharge();
        String text = written(wire, new JsonAnswerWriter(CLOCK), charge, false);
        JsonNode document = MAPPER.readTree(text);

        assertThat(document.path("data").findValuesAsText("b64_json")).containsExactly(ONE, TWO);
        assertThat(document.path("created").asInt()).isEqualTo(wire == Wire.INVENTED ? 99 : 7);
        assertThat(document.path("usage").path("total_tokens").asInt()).isEqualTo(70);
        assertThat(document.findParents("url")).isEmpty();
        if (wire != Wire.INVENTED) {
            assertThat(document.path("size").asText()).isEqualTo("2x3");
            assertThat(document.path("data").path(0).path("revised_prompt").asText()).isEqualTo("p");
        }
        assertThat(charge.end()).isEqualTo("settled");
        assertThat(charge.images()).isEqualTo(2);
        assertThat(written(wire, new JsonAnswerWriter(CLOCK), charge, true)).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void writesADocumentWithLinks(Wire wire) throws IOException {
        InMemoryImageHost host = new InMemoryImageHost();
        JsonNode document = MAPPER.readTree(
                written(wire, new HostedAnswerWriter(host, false, CLOCK), new RecordingCharge(), true));

        assertThat(document.path("data").findValuesAsText("url")).containsExactly("https://retouch.example/files/1",
                "https://retouch.example/files/2");
        assertThat(document.findParents("b64_json")).isEmpty();
        assertThat(host.images()).containsExactly(Base64.getDecoder().decode(ONE), Base64.getDecoder().decode(TWO));
    }

    @ParameterizedTest
    @EnumSource
    void writesADocumentWithBoth(Wire wire) throws IOException {
        InMemoryImageHost host = new InMemoryImageHost();
        JsonNode document = MAPPER.readTree(
                written(wire, new HostedAnswerWriter(host, true, CLOCK), new RecordingCharge(), true));

        assertThat(document.path("data").findValuesAsText("b64_json")).containsExactly(ONE, TWO);
        assertThat(document.path("data").findValuesAsText("url")).hasSize(2);
        assertThat(host.images()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void writesEvents(Wire wire) throws IOException {
        CountingProgress progress = new CountingProgress();
        RecordingCharge charge = new RecordingCharge();
        AnswerWriter writer = new SseAnswerWriter(requested(2), progress, progress, CLOCK);
        String text = written(wire, writer, charge, false);
        List<JsonNode> events = events(text);
        List<JsonNode> completed = events.stream()
                .filter(event -> event.path("type").asText().equals("image_edit.completed")).toList();

        assertThat(completed).extracting(event -> event.path("b64_json").asText()).containsExactly(ONE, TWO);
        assertThat(completed).extracting(event -> event.path("created_at").asInt())
                .containsOnly(wire == Wire.INVENTED ? 99 : 7);
        assertThat(completed).extracting(event -> event.path("quality").asText()).containsOnly("high");
        assertThat(completed.stream().mapToInt(event -> event.path("usage").path("total_tokens").asInt()).sum())
                .isEqualTo(70);
        assertThat(events.size() - completed.size()).isEqualTo(wire == Wire.EVENTS ? 1 : 0);
        assertThat(progress.finals()).isEqualTo(2);
        assertThat(progress.partials()).isEqualTo(events.size() - 2);
        assertThat(progress.events()).isEqualTo(events.size());
        assertThat(charge.images()).isEqualTo(2);
        assertThat(written(wire, writer, charge, true)).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void writesResultsOfTasks(Wire wire) throws IOException {
        InMemoryImageHost host = new InMemoryImageHost();
        CountingProgress progress = new CountingProgress();
        JsonNode document = MAPPER.readTree(
                written(wire, new TaskResultWriter(host, progress, CLOCK), new RecordingCharge(), true));

        assertThat(document.path("data").findValuesAsText("url")).hasSize(2);
        assertThat(progress.finals()).isEqualTo(2);
        assertThat(progress.partials()).isEqualTo(wire == Wire.EVENTS ? 1 : 0);
    }

    @Test
    void leavesOutImagesBeyondThoseAskedFor() throws IOException {
        RecordingCharge charge = new RecordingCharge();
        AnswerMeter meter = new AnswerMeter(reader(Wire.DOCUMENT, false), requested(1), charge);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new JsonAnswerWriter(CLOCK).write(meter, out, meter::settle);

        assertThat(MAPPER.readTree(out.toByteArray()).path("data").findValuesAsText("b64_json")).containsExactly(ONE);
        assertThat(charge.images()).isEqualTo(1);
        assertThat(meter.differences()).containsExactly("asked for 1 image, got 2");
    }

    @Test
    void comparesWhatTheFirstBytesSay() throws IOException {
        RequestedOutput other = new RequestedOutput(2, "2x3", "webp", Map.of());
        AnswerMeter meter = new AnswerMeter(reader(Wire.DOCUMENT, true), other, new RecordingCharge());
        new JsonAnswerWriter(CLOCK).write(meter, new ByteArrayOutputStream(), meter::settle);

        assertThat(meter.differences()).containsExactlyInAnyOrder("asked for webp, got png", "asked for 2x3, got 4x5");
    }

    @Test
    void waitsForUsageThatArrivesBehindItsImage() throws IOException {
        String stream = "data: {\"type\":\"image_edit.completed\",\"b64_json\":\"" + ONE + "\"}\n\n"
                + "data: {\"type\":\"usage\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}\n\n";
        CountingProgress progress = new CountingProgress();
        RecordingCharge charge = new RecordingCharge();
        AnswerMeter meter = new AnswerMeter(AnswerReaders.of(Wires.cut(stream), Wires.held(folder)), requested(1),
                charge);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new SseAnswerWriter(requested(1), progress, progress, CLOCK).write(meter, out, meter::settle);

        assertThat(charge.usage()).isNotNull().extracting(usage -> usage.imageOutput()).isEqualTo(2L);
        assertThat(events(out.toString(StandardCharsets.UTF_8)).getFirst().path("usage").path("output_tokens").asInt())
                .isEqualTo(2);
    }

    @Test
    void fetchesLinksForBase64AndKeepsThoseItCannotFetch() throws IOException {
        String document = "{\"data\":[{\"url\":\"https://x.example/1\"},{\"url\":\"https://x.example/2\"}]}";
        List<String> fetched = new ArrayList<>();
        LinkResolver resolver = new LinkResolver(AnswerReaders.of(Wires.cut(document), Wires.held(folder)), url -> {
            fetched.add(url);
            return Optional.empty();
        }, resource -> {}, 1);
        AnswerMeter meter = new AnswerMeter(resolver, requested(2), new RecordingCharge());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new JsonAnswerWriter(CLOCK).write(meter, out, meter::settle);

        assertThat(fetched).containsExactly("https://x.example/1");
        assertThat(resolver.hasFailed()).isTrue();
        assertThat(MAPPER.readTree(out.toByteArray()).path("data").findValuesAsText("url")).hasSize(2);
    }

    @Test
    void readsShortAnswersAhead() throws IOException {
        AnswerMeter meter = new AnswerMeter(reader(Wire.DOCUMENT, true), requested(2), new RecordingCharge());
        AnswerBuffer buffer = new AnswerBuffer(meter, true);

        assertThat(buffer.fill(10)).isFalse();
        assertThat(meter.images()).isEqualTo(1);
        assertThat(buffer.fill(100_000)).isTrue();
        assertThat(meter.images()).isEqualTo(2);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new JsonAnswerWriter(CLOCK).write(buffer, out, meter::settle);
        assertThat(MAPPER.readTree(out.toByteArray()).path("data").findValuesAsText("b64_json"))
                .containsExactly(ONE, TWO);
    }

    private static List<JsonNode> events(String text) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String event : text.split("\n\n")) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (String line : event.split("\n")) {
                fields.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
            }
            ObjectNode data = (ObjectNode) MAPPER.readTree(fields.get("data"));
            assertThat(fields.get("event")).isEqualTo(data.path("type").asText());
            events.add(data);
        }
        return events;
    }
}
