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

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.RelayedErrorException;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Caller;
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
 * the upstream                send, and tell its errors as our own        4xx / 502 / 503 / 504
 * settle the hold             from usage, or per delivered image
 * answer                      JSON, links, or events as they come
 * </pre>
 *
 * Whatever a step opens belongs to the exchange, which gives it back however the edit ends.
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

    /** A pipeline of these steps. */
    public EditPipeline(EditRules rules, InputImages images, Room room, Moderation moderation, Till till,
            Upstreams upstreams, EditAnswers answers) {
        this.rules = rules;
        this.images = images;
        this.room = room;
        this.moderation = moderation;
        this.till = till;
        this.upstreams = upstreams;
        this.answers = answers;
    }

    @Override
    public EditAnswer edit(EditRequest request, Caller caller, Exchange exchange, URI linkBase) {
        EditPlan plan = plan(request, caller);
        Map<String, String> headers = headers(plan);
        headers.putAll(room.count(caller, request, plan));
        EditInputs inputs = images.of(request, plan.entry(), exchange);
        String upstream = upstreams.chosen(caller.group().upstreams());
        moderation.check(plan.prompt(), inputs, caller.group(), upstream, exchange.id());
        Room.Place place = exchange.closeLater(room.enter(caller, exchange.id()));
        OpenBill bill = exchange.closeLater(till.open(plan, inputs, caller, exchange.id()));
        try {
            UpstreamAnswer answer = exchange.closeLater(send(upstreams.named(upstream), plan, inputs, exchange.id()));
            return answer(answer, plan, headers, caller, exchange, linkBase, bill, place);
        } catch (ApiException e) {
            bill.failed(e.mayHaveRun(), e.message().name());
            throw e;
        } catch (RelayedErrorException e) {
            bill.failed(false, "the upstream refused it");
            throw e;
        }
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

    private EditAnswer answer(UpstreamAnswer answer, EditPlan plan, Map<String, String> headers, Caller caller,
            Exchange exchange, URI linkBase, Bill bill, Room.Place place) {
        Asked asked = Asked.by(plan);
        if (plan.streamed()) {
            return answers.events(answer, asked, headers, bill);
        }
        boolean both = caller.group().answersBoth();
        EditAnswer whole = plan.links() || both
                ? answers.links(answer, asked, headers, linkBase, both, exchange, bill)
                : answers.base64(answer, asked, headers, exchange, bill);
        place.close(); // the upstream is done with it; a caller who reads slowly keeps nobody else waiting
        return whole;
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
