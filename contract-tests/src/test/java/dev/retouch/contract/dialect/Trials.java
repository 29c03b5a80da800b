package dev.retouch.contract.dialect;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Edits through one gateway, each held to the contract and seen from both of the gateway's sides. */
final class Trials {

    /** An edit that succeeded: what was answered, and what the upstream was sent for it. */
    record Edited(Reply reply, JournalEntry seen) {

        /** A field of the answer. */
        JsonNode answer(String pointer) {
            return reply.json().at(pointer);
        }

        /** A text field that went to the upstream. */
        Optional<String> sent(String field) {
            return seen.field(field);
        }

        /** The checksums of the images that went to the upstream, in order. */
        List<String> sentImages() {
            return seen.form().stream().filter(part -> part.name().equals("image") || part.name().equals("image[]"))
                    .map(JournalEntry.Part::sha256).toList();
        }

        Picture picture() {
            return Picture.of(reply.image());
        }

        /** Width and height of the one picture. */
        String size() {
            Picture picture = picture();
            return picture.width() + "x" + picture.height();
        }
    }

    private final Contract contract = new Contract();
    private final Endpoint endpoint;
    private final MockUpstream upstream;

    Trials(RunningGateway gateway) {
        this(gateway.endpoint(), gateway.sandbox());
    }

    Trials(Endpoint endpoint, MockUpstream upstream) {
        this.endpoint = endpoint;
        this.upstream = upstream;
    }

    static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** An image as a file, with the name that the simplest client gives it. */
    static Form image(byte[] image) {
        return Form.empty().file("image", "input.png", "image/png", image);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An edit that must succeed. */
    Edited edited(Form form) {
        return edited(endpoint.edit(form));
    }

    Edited edited(ObjectNode json) {
        return edited(endpoint.edit(json.toString()));
    }

    Edited edited(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        contract.assertValid("ImagesResponse", reply.text());
        return new Edited(reply, upstream.journal().last().orElseThrow());
    }

    /** An edit to which the upstream answers this document instead of editing. */
    Edited answered(Form form, String document) {
        upstream.scenarios()
                .next(new Scenario.Status(200, Optional.of(document), "application/json", Map.of()));
        return edited(form);
    }

    /** An edit whose answer must be a stream. */
    Reply streamed(Form form) {
        Reply reply = endpoint.edit(form);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        assertThat(reply.header("content-type").orElse("")).startsWith("text/event-stream");
        return reply;
    }

    /** An edit that must be refused with this code, by the gateway itself. */
    Reply refused(Form form, String code, String param, String message) {
        return refused(form.contentType(), form.bytes(), code, param, message);
    }

    Reply refused(ObjectNode json, String code, String param, String message) {
        return refused("application/json", json.toString().getBytes(StandardCharsets.UTF_8), code, param, message);
    }

    Reply refused(String contentType, byte[] body, String code, String param, String message) {
        long before = lastSeen();
        Reply reply = endpoint.edit(contentType, body);
        JsonNode documented = contract.error(code);
        assertThat(reply.error().path("code").asText()).as(reply.beginning()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(documented.path("status").asInt());
        assertThat(reply.error().path("type")).isEqualTo(documented.path("type"));
        assertThat(reply.error().path("param").asText("")).as(reply.beginning()).isEqualTo(param);
        assertThat(reply.error().path("message").asText()).contains(message);
        contract.assertValid("ErrorEnvelope", reply.text());
        assertThat(lastSeen()).as("requests that the upstream was sent").isEqualTo(before);
        return reply;
    }

    /** An edit that must be refused with this message and no word more. */
    void told(String message, Reply reply) {
        assertThat(reply.error().path("message").asText()).isEqualTo(message);
    }

    /** Without the key of this gateway the same edit is none. */
    void needsAKey(Form form) {
        for (String wrong : List.of("sk-of-somebody-else", "")) {
            Endpoint stranger = new Endpoint(endpoint.baseUrl(), wrong);
            long before = lastSeen();
            Reply reply = stranger.edit(form);
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(401);
            assertThat(reply.error().path("code").asText()).isEqualTo("invalid_api_key");
            assertThat(lastSeen()).isEqualTo(before);
        }
        assertThat(Endpoint.send(java.net.http.HttpRequest.newBuilder(endpoint.at(Endpoint.EDITS))
                .header("Content-Type", form.contentType())
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(form.bytes()))).status()).isEqualTo(401);
        edited(form);
    }

    /** Tokens in, by kind, out, and in all, that add up. */
    static void assertUsage(JsonNode usage) {
        assertThat(usage.path("input_tokens").asInt()).isPositive();
        assertThat(usage.path("output_tokens").asInt()).isPositive();
        assertThat(usage.at("/input_tokens_details/image_tokens").asInt()
                + usage.at("/input_tokens_details/text_tokens").asInt())
                .isEqualTo(usage.path("input_tokens").asInt());
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path("input_tokens").asInt() + usage.path("output_tokens").asInt());
    }

    /** A recent moment in Unix seconds, as a number. */
    static void assertJustNow(JsonNode created) {
        assertThat(created.isIntegralNumber()).isTrue();
        long now = java.time.Instant.now().getEpochSecond();
        assertThat(created.asLong()).isBetween(now - 120, now + 5);
    }

    private long lastSeen() {
        return upstream.journal().last().map(JournalEntry::sequence).orElse(0L);
    }
}
