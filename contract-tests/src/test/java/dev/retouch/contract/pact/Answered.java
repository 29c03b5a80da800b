package dev.retouch.contract.pact;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import au.com.dius.pact.consumer.dsl.HttpResponseBuilder;
import au.com.dius.pact.consumer.dsl.LambdaDsl;
import au.com.dius.pact.consumer.dsl.LambdaDslJsonBody;
import au.com.dius.pact.consumer.dsl.LambdaDslObject;

/** Answers as pacts write them down: only what the consumer reads of them. */
final class Answered {

    /** A link to an edited image. */
    static final String LINK = "http://127.0.0.1:8080/files/img_3f9c2a7d41b84e0f9c55a0c1d2e3f405.png?expires=1&signature=s";
    /** The beginning of an image. */
    static final String BASE64 = "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJ";

    private static final String ANY_BASE64 = "[A-Za-z0-9+/]{40,}=*";

    private Answered() {}

    static UnaryOperator<HttpResponseBuilder> json(Consumer<LambdaDslJsonBody> body) {
        return answer -> answer.status(200).body(LambdaDsl.newJsonBody(body).build());
    }

    /** Edited images behind links. */
    static UnaryOperator<HttpResponseBuilder> links() {
        return json(answer -> {
            answer.integerType("created", 1795251600);
            answer.minArrayLike("data", 1,
                    image -> image.stringMatcher("url", "https?://.+/files/img_[0-9a-f]{32}\\.png.*", LINK));
            usage(answer);
        });
    }

    /** Edited images in the answer. */
    static UnaryOperator<HttpResponseBuilder> images() {
        return json(answer -> {
            answer.integerType("created", 1795251600);
            answer.minArrayLike("data", 1, image -> image.stringMatcher("b64_json", ANY_BASE64, BASE64));
            usage(answer);
        });
    }

    /** One partial image and the finished one, as events. */
    static UnaryOperator<HttpResponseBuilder> events() {
        return answer -> answer.status(200).header("Content-Type", "text/event-stream").body(new EventsBody(
                event("image_edit.partial_image", ",\"partial_image_index\":0")
                        + event("image_edit.completed",
                                ",\"usage\":{\"input_tokens\":332,\"output_tokens\":372,\"total_tokens\":704}"),
                EventsBody.event("image_edit.partial_image", "b64_json", "partial_image_index")
                        + EventsBody.event("image_edit.completed", "b64_json", "usage")));
    }

    private static String event(String name, String more) {
        return "event: " + name + "\ndata: {\"type\":\"" + name + "\",\"b64_json\":\"" + BASE64
                + "\",\"created_at\":1795251600,\"size\":\"1024x1024\",\"quality\":\"low\",\"background\":\"opaque\","
                + "\"output_format\":\"png\"" + more + "}\n\n";
    }

    private static void usage(LambdaDslObject answer) {
        answer.object("usage", usage -> usage.integerType("input_tokens", 332).integerType("output_tokens", 4160)
                .integerType("total_tokens", 4492));
    }
}
