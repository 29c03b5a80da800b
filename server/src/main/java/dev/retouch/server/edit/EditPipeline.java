package dev.retouch.server.edit;

import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.RelayedErrorException;
import dev.retouch.server.intake.CanceledException;
import dev.retouch.server.intake.Cancellation;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Caller;
import dev.retouch.server.policy.ClientGone;
import dev.retouch.server.upstream.Upstream;
import dev.retouch.server.upstream.UpstreamAnswer;
import dev.retouch.server.upstream.Upstreams;

/**
 * The way of an edit, from top to bottom. Before it, {@code api.Doorkeeper} has identified the key without reading a byte
 * of the body, and one of the two intakes has read the body:
 *
 * <pre>
 * identify the key            before a byte of the body is read           401
 * the group's platform        before a byte of the body is read           404
 * the group's permission      before a byte of the body is read           403
 * room on this server         bounded requests and bytes in flight        503
 * read the body               multipart or JSON -> one EditRequest        400 / 408 / 413 / 415
 * the model's rules           registry entry, not code; the group's list  400 / 403 / 404
 * rates                       requests and images per minute              429
 * images named by URL         fetched side by side, or left to the upstream  400
 * preflight of every image    magic bytes, dimensions, mask               400
 * moderation                  prompt and every image                      400
 * a slot                      bounded queue, bounded wait                 429
 * a hold on the budgets       quoted from the price list                  429 insufficient_quota
 * the upstreams               choose, send, fail over only when safe     4xx / 502 / 503 / 504
 * settle the hold             from usage, or per delivered image
 * answer                      JSON, links, or events as they come
 * </pre>
 *
 * Whatever a step opens belongs to the exchange, which gives it back however the edit ends. A client that goes away, and a
 * gateway that stops, end every one of these waits.
 */
public final class EditPipeline implements Edits {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final EditRules rules;
    private final InputImages images;
    private final Room room;
    private final Moderation moderation;
    private final Till till;
    private final Upstreams upstreams;
    private final EditAnswers answers;
    private final LateAnswers lateAnswers;
    private final ClientGone clientGone;

    /**
     * A pipeline of these steps.
     *
     * @param clientGone what becomes of an edit that was sent when its client goes away
     */
    public EditPipeline(EditRules rules, InputImages images, Room room, Moderation moderation, Till till,
            Upstreams upstreams, EditAnswers answers, LateAnswers lateAnswers, ClientGone clientGone) {
        this.rules = rules;
        this.images = images;
        this.room = room;
        this.moderation = moderation;
        this.till = till;
        this.upstreams = upstreams;
        this.answers = answers;
        this.lateAnswers = lateAnswers;
        this.clientGone = clientGone;
    }

    @Override
    public EditAnswer edit(EditRequest request, Caller caller, Exchange exchange, URI linkBase) {
        EditPlan plan = plan(request, caller);
        Cancellation ends = exchange.cancellation();
        Map<String, String> headers = headers(plan);
        headers.putAll(room.count(caller, request, plan));
        EditInputs inputs = ends.interruptibly(() -> images.of(request, plan.entry(), exchange));
        String upstream = upstreams.chosen(caller.group().upstreams());
        ends.interruptibly(() -> {
            moderation.check(plan.prompt(), inputs, caller.group(), upstream, exchange.id());
            return inputs;
        });
        Room.Place place = exchange.closeLater(ends.interruptibly(() -> room.enter(caller, exchange.id())));
        OpenBill bill = exchange.closeLater(till.open(plan, inputs, caller, exchange.id()));
        Delivery delivery = new Delivery(Asked.by(plan), headers, linkBase, exchange, bill, place,
                clientGone == ClientGone.DRAIN);
        return lateAnswers.await(plan.streamed(), headers, exchange, delivery.outlastsClient(),
                () -> sent(upstreams.serving(caller.group().upstreams()), plan, inputs, caller, delivery));
    }

    /** Everything of an edit up to its price, and then no edit. */
    public EditQuote quote(EditRequest request, Caller caller, Exchange exchange) {
        EditPlan plan = plan(request, caller);
        EditInputs inputs = images.of(request, plan.entry(), exchange);
        return till.quote(plan, inputs, caller);
    }

    private EditPlan plan(EditRequest request, Caller caller) {
        EditPlan plan = rules.plan(request);
        List<String> models = caller.group().models();
        if (!models.isEmpty() && !models.contains(plan.model())) {
            throw new ApiException(ErrorMessage.MODEL_IS_NOT_ALLOWED).with("model", plan.model());
        }
        return plan;
    }

    /** From here on somebody may have to pay: whoever ends it says how. */
    private EditAnswer sent(Upstream upstream, EditPlan plan, EditInputs inputs, Caller caller, Delivery delivery) {
        Bill bill = delivery.bill();
        Exchange exchange = delivery.exchange();
        boolean answered = false;
        try {
            if (delivery.outlastsClient()) {
                exchange.cancellation().outlastClient();
            }
            UpstreamAnswer answer = exchange.closeLater(exchange.cancellation()
                    .interruptibly(() -> send(upstream, plan, inputs, exchange.id())));
            answered = true;
            answer.requestId().ifPresent(id -> delivery.headers().put("x-upstream-request-id", id));
            return answer(answer, plan, caller, delivery);
        } catch (ApiException e) {
            bill.failed(e.mayHaveRun(), e.message().name());
            throw e;
        } catch (RelayedErrorException e) {
            bill.failed(false, "the upstream refused it");
            throw e;
        } catch (CanceledException e) {
            if (answered) {
                bill.delivered(delivery.asked().images(), Optional.empty()); // it had done its work
            } else {
                bill.abandoned(e.reason().name());
            }
            throw e;
        }
    }

    private EditAnswer answer(UpstreamAnswer answer, EditPlan plan, Caller caller, Delivery delivery) {
        if (plan.streamed()) {
            return answers.events(answer, delivery);
        }
        boolean both = caller.group().answersBoth();
        return plan.links() || both
                ? answers.links(answer, delivery, both)
                : answers.base64(answer, delivery);
    }

    private static UpstreamAnswer send(Upstream upstream, EditPlan plan, EditInputs inputs, String requestId) {
        Map<String, String> parameters = new LinkedHashMap<>(plan.forwarded());
        if (plan.entry().askBase64()) {
            parameters.put("response_format", "b64_json");
        }
        return switch (inputs) {
            case EditInputs.Linked linked -> upstream.edit(linked.edit(plan, parameters, requestId));
            case EditInputs.AtHand atHand -> upstream.edit(atHand.edit(plan, parameters, requestId));
        };
    }

    private static Map<String, String> headers(EditPlan plan) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!plan.dropped().isEmpty()) {
            headers.put("x-retouch-dropped-parameters", String.join(", ", plan.dropped()));
        }
        LocalDate sunset = plan.entry().sunset();
        if (sunset != null) {
            Instant end = sunset.atStartOfDay(ZoneOffset.UTC).toInstant();
            headers.put("deprecation", "@" + end.getEpochSecond());
            headers.put("sunset", HTTP_DATE.format(end));
        }
        return headers;
    }
}
