package dev.retouch.contract.endurance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.StubUpstream;

/** An upstream that answers each edit as the prompt wants it: with an image, with events, with an error, or with a reset. */
final class MixedUpstream {

    private static final int SMALL_BYTES = 10 << 10;
    private static final int LARGE_BYTES = 1100 << 10;
    private static final int PARTIAL_IMAGES = 2;
    private static final long THINKING_MILLIS = 50;
    private static final String USAGE = "\"usage\":{\"input_tokens\":10,\"input_tokens_details\":{\"image_tokens\":5,"
            + "\"text_tokens\":5},\"output_tokens\":10,\"total_tokens\":20}";
    private static final String SMALL = base64(SMALL_BYTES);
    private static final String LARGE = base64(LARGE_BYTES);

    /** What a prompt asks for; it is its name. */
    enum Outcome {
        SMALL, LARGE, EVENTS, ERROR, RESET
    }

    private MixedUpstream() {}

    static StubUpstream start() {
        return StubUpstream.start(MixedUpstream::answer);
    }

    private static void answer(StubUpstream.Edit edit) throws IOException, InterruptedException {
        Outcome outcome = Outcome.valueOf(edit.prompt());
        TimeUnit.MILLISECONDS.sleep(THINKING_MILLIS);
        switch (outcome) {
            case SMALL -> edit.document(document(SMALL));
            case LARGE -> edit.document(document(LARGE));
            case EVENTS -> {
                for (int index = 0; index < PARTIAL_IMAGES; index++) {
                    edit.event("image_edit.partial_image",
                            "{\"type\":\"image_edit.partial_image\",\"partial_image_index\":"
                                    + index + ",\"b64_json\":\"" + SMALL + "\"}");
                    TimeUnit.MILLISECONDS.sleep(THINKING_MILLIS);
                }
                edit.event("image_edit.completed", "{\"type\":\"image_edit.completed\",\"b64_json\":\"" + LARGE + "\","
                        + USAGE + "}");
            }
            case ERROR -> {} // the stub responds with 500
            case RESET -> throw new IOException("the upstream resets the connection");
        }
    }

    private static byte[] document(String image) {
        return ("{\"created\":1," + USAGE + ",\"data\":[{\"b64_json\":\"" + image + "\"}]}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String base64(int bytes) {
        return Pictures.base64(Pictures.padded(Fixtures.image(), bytes));
    }
}
