package dev.retouch.contract.pact;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import au.com.dius.pact.consumer.dsl.HttpRequestBuilder;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Fixtures;

/** What a client of the gateway is refused because of its key, its group, or what the gateway is going through. */
record StateRefusals(Contract contract) {

    /** The edit that costs the least. */
    private static final Map<String, Object> EDIT = Map.of("model", "dall-e-2", "size", "256x256", "prompt",
            "a red balloon", "mask", Map.of("image_url", "data:image/png;base64,"
                    + java.util.Base64.getEncoder().encodeToString(Fixtures.mask())));
    private static final List<String> IMAGES = List.of(Fixtures.imageUrl());

    Stream<Refusal> all() {
        return Stream.of(ofKeys(), ofRoom(), ofUpstreams(), ofRepetitions()).flatMap(refusals -> refusals);
    }

    private Refusal edit(String code, String message, String doing) {
        return Refusal.ofJson(DocumentedError.of(contract, code, Optional.empty(), message), doing, IMAGES, EDIT);
    }

    private Stream<Refusal> ofKeys() {
        DocumentedError wrongKey = DocumentedError.of(contract, "invalid_api_key", Optional.empty(),
                "Incorrect API key provided. Check it, or ask the operator of this gateway for a key.");
        return Stream.of(
                Refusal.of(wrongKey, "a question for the models with a wrong key", Asked.get("/v1/models"),
                        (client, _) -> client.models()).given("an unknown key"),
                Refusal.ofJson(wrongKey, "an edit with a revoked key", IMAGES, EDIT).given("a revoked key"),
                edit("image_generation_disabled", "Image generation is not enabled for this group",
                        "an edit of a group that may not").given("a group without image generation"),
                edit("platform_not_supported", "Images API is not supported for this platform",
                        "an edit on another platform").given("a group on another platform"),
                Refusal.ofJson(DocumentedError.of(contract, "model_not_allowed", Optional.of("model"),
                        "The model 'dall-e-2' is not enabled for this group."), "an edit with a model of others",
                        IMAGES,
                        EDIT).given("a group with some models only", Map.of("models", List.of("gpt-image-1-mini"))),
                edit("insufficient_quota",
                        "You exceeded your current quota: this edit may cost up to 0.016 USD, which the "
                                + "budget of this key does not cover. Ask the operator of this gateway for a larger budget.",
                        "an edit that nobody pays").given("a key whose budget is used up"),
                Refusal.ofJson(DocumentedError.of(contract, "moderation_blocked", Optional.empty(), "This request was "
                        + "blocked by moderation. Flagged: prompt. Categories: violence."), "an edit that is flagged",
                        IMAGES, Map.of("prompt", "please flag-me")).given("a moderated group"),
                edit("moderation_unavailable",
                        "The moderation service is unavailable, and edits of this group require it. "
                                + "Try again later.",
                        "an edit without moderation")
                        .given("a moderated group without its service"));
    }

    private Stream<Refusal> ofRoom() {
        return Stream.of(
                edit("rate_limit_exceeded",
                        "Rate limit reached for this key's group: 1 requests per minute. Try again in 60 s.",
                        "one edit too many in a minute").given("a group whose edits of this minute are used up"),
                edit("images_above_limit",
                        "This edit counts 2 images (sent and requested), but the rate limit of this key's group "
                                + "is 1 images per minute. Send fewer images per edit.",
                        "an edit of more images than a minute has")
                        .given("a group with few images a minute", Map.of("images_per_minute", 1)),
                edit("queue_full",
                        "All 1 slots of this key's group are in use, and the queue is full. Try again in 3 s.",
                        "an edit for which there is no place")
                        .given("a group whose only place is taken", Map.of("queue", 0)),
                edit("concurrency_limit_exceeded",
                        "All 1 slots of this key's group were in use for the maximum queue wait of 1 s. "
                                + "Try again in 3 s.",
                        "an edit that waits in vain")
                        .given("a group whose only place is taken", Map.of("queue", 1, "queue_wait_seconds", 1)),
                edit("server_overloaded",
                        "The gateway is at its capacity of requests or body bytes in flight. Try again in 3 s.",
                        "an edit at a gateway that is full").given("a gateway without room"),
                edit("server_stopping",
                        "The gateway is shutting down. Try again; another instance may accept the request.",
                        "an edit at a gateway that goes").given("a gateway that is about to stop"));
    }

    private Stream<Refusal> ofUpstreams() {
        return Stream.of(
                edit("upstream_failed",
                        "The upstream returned an unusable response. The edit may have run and been charged: "
                                + "check GET /v1/usage before you retry.",
                        "an edit of which the upstream makes nothing")
                        .given("an upstream that fails", Map.of("status", 500)),
                edit("upstream_overloaded", "The upstream is overloaded. Try again later.",
                        "an edit for which the upstream has no time")
                        .given("an upstream that fails", Map.of("status", 503)),
                edit("upstream_timeout",
                        "The upstream timed out. The edit may have run and been charged: "
                                + "check GET /v1/usage before you retry.",
                        "an edit that the upstream does not finish")
                        .given("an upstream that fails", Map.of("status", 504)),
                edit("upstream_unavailable", "The upstream could not be reached. Try again.",
                        "an edit without an upstream").given("an upstream that is down"));
    }

    private Stream<Refusal> ofRepetitions() {
        return Stream.of(
                under("edit-17", DocumentedError.of(contract, "idempotency_key_in_use", Optional.empty(),
                        "An edit with this Idempotency-Key is still running. Try again in 3 s."),
                        "an edit that is under way").given("an edit that is under way",
                                Map.of("idempotency_key",
                                        "edit-17", "edit", document())),
                under("edit-18", DocumentedError.of(contract, "idempotency_key_reused", Optional.empty(),
                        "This Idempotency-Key was used for a different request. Send a new Idempotency-Key for a new edit."),
                        "an edit under the key of another").given("a key that has edited",
                                Map.of("idempotency_key", "edit-18")));
    }

    private static Refusal under(String idempotencyKey, DocumentedError error, String doing) {
        UnaryOperator<HttpRequestBuilder> request = Asked.text(Asked.EDITS, Refusal.json(document()));
        return Refusal.of(error, doing,
                edit -> request.apply(edit).header("Idempotency-Key", idempotencyKey),
                (client, _) -> client.edit(Refusal.edit(IMAGES, EDIT).idempotencyKey(idempotencyKey)));
    }

    private static Map<String, Object> document() {
        Map<String, Object> document = new java.util.LinkedHashMap<>(EDIT);
        document.put("images", List.of(Map.of("image_url", IMAGES.getFirst())));
        return document;
    }
}
