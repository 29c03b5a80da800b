package dev.retouch.server.task;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class EventTallyTest {

    private static final String EVENTS = """
            : keep-alive

            event: image_edit.partial_image
            data: {"type":"image_edit.partial_image","b64_json":"AAAA"}

            data: {"type":"image_edit.partial_image","b64_json":"image_edit.completed"}

            event: something_else
            data: {"type":"something_else"}

            event:image_edit.completed\r
            data: {"type":"image_edit.completed","b64_json":"AAAA"}\r
            \r
            data: {"type":"image_edit.completed","b64_json":"AAAA"}

            data: [DONE]

            """;

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096})
    void everyImageCountsOnce(int step) throws IOException {
        List<String> counts = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = EVENTS.getBytes(StandardCharsets.UTF_8);
        try (EventTally tally = new EventTally(out, (completed, partial) -> counts.add(completed + "/" + partial))) {
            for (int i = 0; i < bytes.length; i += step) {
                tally.write(bytes, i, Math.min(step, bytes.length - i));
            }
        }
        assertThat(counts).containsExactly("0/1", "0/2", "1/2", "2/2");
        assertThat(out.toByteArray()).isEqualTo(bytes);
    }
}
