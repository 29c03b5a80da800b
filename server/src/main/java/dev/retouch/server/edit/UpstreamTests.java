package dev.retouch.server.edit;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.AnswerEnd;
import dev.retouch.server.answer.AnswerPart;
import dev.retouch.server.answer.AnswerReader;
import dev.retouch.server.answer.AnswerSource;
import dev.retouch.server.answer.FinalImage;
import dev.retouch.server.answer.HeldImages;
import dev.retouch.server.answer.Refusal;
import dev.retouch.server.billing.Money;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.edit.UpstreamTestResult.End;
import dev.retouch.server.edit.UpstreamTestResult.TestEdit;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.image.TestImage;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.ParameterRule;
import dev.retouch.server.model.SizeRule;
import dev.retouch.server.price.PriceInput;
import dev.retouch.server.price.PriceRange;
import dev.retouch.server.price.Pricing;
import dev.retouch.server.upstream.AttemptFailedException;
import dev.retouch.server.upstream.AttemptOutcome;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.RoutedUpstream;
import dev.retouch.server.upstream.UpstreamCheck;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamResponse;

/**
 * Tests single upstreams for an operator: a free check of connection and key, or a small edit, which runs only at a price that the operator
 * has accepted. Neither changes circuit breakers, and no budget is charged.
 */
public final class UpstreamTests {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamTests.class);
    private static final String PROMPT = "a red balloon in the sky";
    private static final String CHEAPEST = "low";

    private final CurrentCatalog catalogs;
    private final EditRules rules;
    private final Pricing pricing;
    private final Spool spool;
    private final long maxBytes;

    /**
     * Tests the upstreams of the current catalog.
     *
     * @param spool keeps what cannot be read at once
     * @param maxBytes the longest response that is read
     */
    public UpstreamTests(CurrentCatalog catalogs, EditRules rules, Pricing pricing, Spool spool, long maxBytes) {
        this.catalogs = catalogs;
        this.rules = rules;
        this.pricing = pricing;
        this.spool = spool;
        this.maxBytes = maxBytes;
    }

    /** An edit with its price. */
    private record Planned(EditPlan plan, PriceRange price) {

        TestEdit edit() {
            return new TestEdit(plan.model(), Money.of(price.minimum()), Money.of(price.maximum()),
                    plan.entry().prices().currency());
        }
    }

    /** How a response ended. */
    private record Answer(End end, Optional<AttemptOutcome> outcome, Optional<Integer> status, String message) {

        static Answer failed(AttemptOutcome outcome, String message) {
            return new Answer(End.FAILED, Optional.of(outcome), Optional.empty(), message);
        }
    }

    /** A request to the upstream. */
    @FunctionalInterface
    private interface Attempt {
        Answer run() throws AttemptFailedException;
    }

    /** Checks connection and key without cost. */
    public UpstreamTestResult check(String name, Exchange exchange) {
        EditCatalog catalog = exchange.closeLater(catalogs.take()).catalog();
        RoutedUpstream upstream = upstream(catalog, name);
        return timed(name, Optional.empty(), exchange, () -> answer(upstream.check()));
    }

    private static Answer answer(UpstreamCheck check) {
        End end = check.failure().isPresent() ? End.FAILED : check.keyAccepted() ? End.PASSED : End.REACHED;
        return new Answer(end, check.failure(), Optional.of(check.status()),
                end == End.FAILED ? check.message() : "");
    }

    /**
     * Edits a small image, or returns the price if none was accepted.
     *
     * @param model the model; empty for the cheapest one that the upstream serves
     * @param accepted the highest price that the operator accepts; empty to get the price
     * @throws ApiException if the price is higher
     */
    public UpstreamTestResult edit(String name, Optional<String> model, Optional<BigDecimal> accepted,
            Exchange exchange) {
        EditCatalog catalog = exchange.closeLater(catalogs.take()).catalog();
        RoutedUpstream upstream = upstream(catalog, name);
        ImageBytes image = ImageBytes.of(TestImage.png());
        Planned planned = planned(catalog, upstream, name, model, image);
        TestEdit edit = planned.edit();
        if (accepted.isEmpty()) {
            return new UpstreamTestResult(End.QUOTED, Optional.empty(), Optional.empty(), Optional.empty(), "",
                    Optional.of(edit));
        }
        if (accepted.get().compareTo(edit.maximum().amount()) < 0) {
            throw new ApiException(ErrorMessage.VALUE_IS_INVALID, "accept_price").withArgument("reason",
                    "the edit may cost " + edit.maximum() + " " + edit.currency() + "; accept at least that");
        }
        return timed(name, Optional.of(edit), exchange,
                () -> read(upstream.test(request(planned.plan(), image, exchange)),
                        exchange));
    }

    private static RoutedUpstream upstream(EditCatalog catalog, String name) {
        return catalog.upstreams().find(name)
                .orElseThrow(() -> new ApiException(ErrorMessage.VALUE_IS_INVALID, "upstream").withArgument("reason",
                        "there is no such upstream; choose one of " + String.join(", ", catalog.upstreams().names())));
    }

    private Planned planned(EditCatalog catalog, RoutedUpstream upstream, String name, Optional<String> model,
            ImageBytes image) {
        if (model.isPresent()) {
            Planned planned = planned(catalog, upstream, model.get(), image);
            if (!upstream.serves(planned.plan().modelName())) {
                throw new ApiException(ErrorMessage.VALUE_IS_INVALID, "model").withArgument("reason",
                        "the upstream '" + name + "' does not serve it");
            }
            return planned;
        }
        return catalog.models().all().keySet().stream().map(id -> planned(catalog, upstream, id, image))
                .filter(planned -> upstream.serves(planned.plan().modelName()))
                .min(Comparator.comparing(planned -> planned.price().maximum()))
                .orElseThrow(() -> new ApiException(ErrorMessage.VALUE_IS_INVALID, "upstream").withArgument("reason",
                        "it serves none of the models"));
    }

    private Planned planned(EditCatalog catalog, RoutedUpstream upstream, String model, ImageBytes image) {
        ModelEntry entry = catalog.models().find(model).orElseThrow(
                () -> new ApiException(ErrorMessage.VALUE_IS_INVALID, "model").withArgument("reason",
                        "there is no model '" + model + "'; choose one of GET /v1/models"));
        EditRequest request = new EditRequest(Optional.of(model), Optional.of(PROMPT),
                List.of(new Upload("image", image)), Optional.empty(), cheapest(entry),
                Map.of());
        EditPlan plan = rules.plan(request, catalog.models(), MaskMode.OFF);
        PriceRange price = pricing.quote(pricing.counted(new PriceInput(entry, plan.prompt(), plan.forwarded(),
                List.of(new Dimensions(TestImage.EDGE, TestImage.EDGE)))));
        return new Planned(plan, upstream.isSandbox() ? new PriceRange(BigDecimal.ZERO, BigDecimal.ZERO) : price);
    }

    /** The lowest quality and the smallest size that the model lists. */
    private static Map<String, String> cheapest(ModelEntry entry) {
        Map<String, String> parameters = new LinkedHashMap<>();
        ParameterRule quality = entry.parameters().get("quality");
        List<String> qualities = quality == null ? null : quality.values();
        if (qualities != null && qualities.contains(CHEAPEST)) {
            parameters.put("quality", CHEAPEST);
        }
        entry.sizes().values().stream().filter(size -> SizeRule.parse(size).isPresent())
                .min(Comparator.comparingLong(size -> SizeRule.parse(size).orElseThrow().pixels()))
                .ifPresent(size -> parameters.put("size", size));
        return parameters;
    }

    private static UpstreamRequest request(EditPlan plan, ImageBytes image, Exchange exchange) {
        Map<String, String> parameters = new LinkedHashMap<>(plan.forwarded());
        if (plan.entry().askBase64()) {
            parameters.put("response_format", "b64_json");
        }
        return new LoadedImageRequest(exchange.id(), plan.modelName(), plan.prompt(), parameters,
                List.of(new ImagePart(image, ImageFormat.PNG)), Optional.empty(), Optional.empty(), false,
                exchange.record().trace());
    }

    /** Reads the response to its end: an edit is only one with an image. */
    private Answer read(UpstreamResponse response, Exchange exchange) {
        exchange.closeLater(response);
        AnswerReader reader = response.format().reader(AnswerSource.of(response.body()).limitedTo(maxBytes),
                new HeldImages(spool, exchange::closeLater));
        boolean delivered = false;
        String refusal = "";
        try {
            AnswerPart part = reader.next();
            while (!(part instanceof AnswerEnd)) {
                delivered |= part instanceof FinalImage;
                refusal = part instanceof Refusal said ? response.refusals().redacted(said.message()) : refusal;
                part = reader.next();
            }
        } catch (IOException e) {
            LOG.debug("response to a test not readable", e);
            return Answer.failed(AttemptOutcome.FAILED, "");
        }
        return delivered
                ? new Answer(End.PASSED, Optional.empty(), Optional.empty(), "")
                : Answer.failed(refusal.isEmpty() ? AttemptOutcome.FAILED : AttemptOutcome.REFUSED, refusal);
    }

    private static UpstreamTestResult timed(String name, Optional<TestEdit> edit, Exchange exchange, Attempt attempt) {
        long start = System.nanoTime();
        Answer answer = exchange.cancellation().interruptibly(() -> answered(attempt));
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        LOG.info("upstream tested upstream={} kind={} result={} outcome={} ms={}", name,
                edit.isPresent() ? "edit" : "check", answer.end(),
                answer.outcome().map(AttemptOutcome::stored).orElse("none"),
                duration.toMillis());
        return new UpstreamTestResult(answer.end(), answer.outcome(), answer.status(), Optional.of(duration),
                answer.message(), edit);
    }

    private static Answer answered(Attempt attempt) {
        try {
            return attempt.run();
        } catch (AttemptFailedException e) {
            return Answer.failed(e.outcome(), "");
        } catch (UpstreamRefusalException e) {
            return Answer.failed(AttemptOutcome.REFUSED, e.message());
        }
    }
}
