package dev.retouch.client;

import java.io.IOException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.retouch.client.model.EditUsage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class UsageTest {

    private static final String ROW = "{\"edits\":1,\"images\":1,\"text_input_tokens\":3,\"image_input_tokens\":194,"
            + "\"output_tokens\":196,\"cost\":\"0.007447\",\"held\":\"0\",\"undecided\":0,\"cached_text_input_tokens\":0,"
            + "\"cached_image_input_tokens\":0,\"text_output_tokens\":0}";
    private static final String EDIT = """
            {"request_id":"req_1","model":"gpt-image-2","state":"settled","images_asked":1,"images_delivered":1,
            "tokens":{"text_input":3,"cached_text_input":0,"image_input":194,"cached_image_input":0,"text_output":0,
            "image_output":196},"currency":"USD","price_version":"2026-11-29","held":"0.007567","settled":"0.007447",
            "created_at":1795251600}""";

    private final RecordingGateway gateway;
    private final RetouchClient retouch;

    UsageTest() throws IOException {
        this.gateway = new RecordingGateway();
        this.retouch = gateway.client();
    }

    @AfterEach
    void close() {
        retouch.close();
        gateway.close();
    }

    private void replies(String edits) {
        gateway.repliesJson(
                "{\"object\":\"usage\",\"start\":\"2026-11-21\",\"end\":\"2026-11-21\",\"currency\":\"USD\","
                        + "\"data\":[],\"total\":" + ROW + ",\"edits\":[" + edits + "]}");
    }

    @Test
    void theEditOfARequestIsFound() {
        replies(EDIT);

        EditUsage usage = retouch.usageOf("req_1").orElseThrow();

        assertThat(gateway.only().path()).isEqualTo("/v1/usage?request_id=req_1");
        assertThat(usage.getSettled()).isEqualTo("0.007447");
        assertThat(usage.getTokens().getImageOutput()).isEqualTo(196);
    }

    @Test
    void aRequestWithoutAnEditHasNone() {
        replies("");

        assertThat(retouch.usageOf("req_2")).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> retouch.usageOf(" "));
    }
}
