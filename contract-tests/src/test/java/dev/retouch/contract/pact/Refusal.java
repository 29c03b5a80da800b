package dev.retouch.contract.pact;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import au.com.dius.pact.consumer.dsl.HttpRequestBuilder;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.retouch.client.ImageEdit;
import dev.retouch.client.RetouchClient;

/**
 * Something that the gateway does not do for its client.
 *
 * @param wish what the client asks, in which state of the gateway, and the documented answer
 * @param error what it must understand
 * @param call how it is brought to ask it
 */
record Refusal(PactInteraction wish, DocumentedError error, Call call) {

    /** What the client does, beside the address that it has. */
    @FunctionalInterface
    interface Call {
        void on(RetouchClient client, URI gateway) throws Exception;
    }

    /** Of any request. */
    static Refusal of(DocumentedError error, String doing, UnaryOperator<HttpRequestBuilder> request, Call call) {
        return new Refusal(PactInteraction.of(error.code() + ": " + doing, request, error.answer()), error, call);
    }

    /** Of an edit as JSON, which both the request and the client's call are made of. */
    static Refusal ofJson(DocumentedError error, String doing, List<String> urls, Map<String, Object> fields) {
        Map<String, Object> document = new LinkedHashMap<>(fields);
        document.put("images", urls.stream().map(url -> Map.of("image_url", url)).toList());
        return of(error, doing, Asked.text(Asked.EDITS, json(document)),
                (client, _) -> client.edit(edit(urls, fields)));
    }

    /** The same where the gateway is in a state. */
    Refusal given(String state, Map<String, Object> parameters) {
        return new Refusal(wish.given(state, parameters), error, call);
    }

    /** The same where the gateway is in a state that has no parameters. */
    Refusal given(String state) {
        return given(state, Map.of());
    }

    static ImageEdit edit(List<String> urls, Map<String, Object> fields) {
        ImageEdit edit = ImageEdit.ofUrls(urls.getFirst(), urls.subList(1, urls.size()).toArray(String[]::new));
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            edit = edit.parameter(field.getKey(), field.getValue());
        }
        return edit;
    }

    static String json(Map<String, Object> document) {
        return JsonMapper.builder().build().valueToTree(document).toString();
    }
}
