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
import java.util.stream.Stream;

import dev.retouch.server.answer.EditCharge;
import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.answer.EditResponses;
import dev.retouch.server.answer.ImageProgress;
import dev.retouch.server.answer.IncomingAnswer;
import dev.retouch.server.answer.KeepAliveResponder;
import dev.retouch.server.answer.LinkedImageHost;
import dev.retouch.server.answer.MaskEnforcer;
import dev.retouch.server.answer.OutputForm;
import dev.retouch.server.answer.RequestedOutput;
import dev.retouch.server.answer.ResponseContext;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.hosting.HostedImageStore;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.price.ReportedUsage;
import dev.retouch.server.upstream.Upstream;
import dev.retouch.server.upstream.UpstreamRegistry;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamResponse;

/**
 * Runs an edit from admission to its response. Before it, the filters of {@code api} have authenticated the request
 * without reading its body, and a reader of {@code intake} has read the body. The steps, with their classes and the
 * statuses of their errors:
 *
 * <pre>
 * authentication          Authenticator: the API key, before the body is read        401
 * group                   the group's platform and permission, before the body       403 / 404
 * server capacity         ServerCapacity: requests and body bytes in flight          503
 * body                    EditRequestReader: multipart or JSON to EditRequest        400 / 408 / 413 / 415
 * model rules             EditRules: the registry's entry; the group's models        400 / 403 / 404
 * rate limits             EditAdmission: requests and images per minute              429
 * remote images           ImageLoader: fetched concurrently, or by the upstream      400
 * image validation        ImageValidator: format, dimensions, mask                   400
 * strict masks            StrictMasks: the first image and the mask can be decoded   400
 * moderation              EditModeration: prompt, images and mask                    400
 * slot                    EditAdmission: bounded queue, bounded wait                 429
 * hold                    EditBilling: the maximum cost, on both budgets             429 insufficient_quota
 * dispatch                UpstreamRegistry: choose, send, fail over only if safe     4xx / 502 / 503 / 504
 * settle                  EditCharge: from reported usage, or per delivered image
 * response                JSON, signed URLs, or events
 * </pre>
 *
 * Resources opened by a step belong to the exchange, which closes them however the edit ends. A disconnect of the
 * client and a shutdown of the gateway cancel every wait.
 */
public final class EditPipeline implements EditService, TaskEdits {

    private static final long MEGABYTE = 1 << 20;
    private static final String WARNING = "x-retouch-warning";
    private static final String UPSTREAM_ID = "x-upstream-request-id";
    private static final String DROPPED = "x-retouch-dropped-parameters";

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final EditRules rules;
    private final ImageLoader images;
    private final EditAdmission admission;
    private final EditBilling billing;
    private final CurrentCatalog catalogs;
    private final EditResponses responses;
    private final KeepAliveResponder keepAlive;
    private final HostedImageStore files;
    private final DisconnectPolicy clientGone;
    private final UpstreamRegistry.Demand demand;
    private final long maxReturnedImage;
    private final StrictMasks masks;
    private final TestOutcomes outcomes;

    /**
     * Creates a pipeline of these steps.
     *
     * @param catalogs the upstreams and moderators of new edits
     * @param clientGone what happens to a dispatched edit if its client disconnects
     * @param demand what an upstream may do differently from the request
     * @param outcomes makes the sandbox produce outcomes that clients choose
     */
    public EditPipeline(EditRules rules, ImageLoader images, EditAdmission admission, EditBilling billing,
            CurrentCatalog catalogs, EditResponses responses, KeepAliveResponder keepAlive, HostedImageStore files,
            DisconnectPolicy clientGone, UpstreamRegistry.Demand demand, long maxReturnedImage, StrictMasks masks,
            TestOutcomes outcomes) {
        this.demand = demand;
        this.rules = rules;
        this.images = images;
        this.admission = admission;
        this.billing = billing;
        this.catalogs = catalogs;
        this.responses = responses;
        this.keepAlive = keepAlive;
        this.files = files;
        this.clientGone = clientGone;
        this.maxReturnedImage = maxReturnedImage;
        this.masks = masks;
        this.outcomes = outcomes;
    }

    @Override
    public EditResponse edit(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase) {
        return edit(request, principal, exchange, linkBase, Optional.empty());
    }

    @Override
    public EditResponse editForTask(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase,
            ImageProgress progress) {
        return edit(request, principal, exchange, linkBase, Optional.of(progress));
    }

    private EditResponse edit(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase,
            Optional<ImageProgress> progress) {
        try {
            return run(request, principal, exchange, linkBase, progress);
        } catch (RuntimeException e) {
            exchange.record().failed(e);
            throw e;
        }
    }

    private EditResponse run(EditRequest asked, ApiPrincipal principal, Exchange exchange, URI linkBase,
            Optional<ImageProgress> progress) {
        EditRecord record = exchange.record();
        EditCatalog catalog = exchange.closeLater(catalogs.take()).catalog();
        record.authenticated(principal.key().id(), principal.group().name());
        EditPlan plan = plan(asked, principal, catalog);
        EditRequest request = planned(asked, plan);
        TestOutcome.of(asked)
                .ifPresent(outcome -> exchange.closeLater(outcomes.expect(exchange.id(), outcome, principal)));
        record.planned(plan.toRecord(request));
        Cancellation ends = exchange.cancellation();
        Map<String, String> headers = headers(plan);
        headers.putAll(admission.checkRate(principal, request.images().size() + plan.images()));
        String upstream = catalog.upstreams().primaryName(principal.group().upstreams());
        EditInputs inputs = record.timed(Phase.FETCH, () -> inputs(request, plan, principal, exchange, catalog));
        if (!inputs.changes().isEmpty()) {
            headers.put(WARNING, String.join("; ", inputs.changes()));
        }
        Optional<MaskEnforcer> mask = plan.maskMode() == MaskMode.STRICT
                ? record.timed(Phase.FETCH, () -> ends.interruptibly(
                        () -> masks.of(plan, request, inputs, principal.key().rootKeyId(), exchange)))
                : Optional.empty();
        UpstreamRequest edit = upstreamRequest(plan, inputs, record);
        Upstream serving = catalog.upstreams().forEdit(principal.group().upstreams(), edit,
                demand.enforcing(mask.isPresent()), new RecordedAttempts(record));
        record.timed(Phase.MODERATION, () -> ends.interruptibly(() -> {
            catalog.moderation().check(plan.prompt(), inputs, principal.group(), upstream, exchange.id());
            return inputs;
        }));
        EditAdmission.Place place = exchange.closeLater(record.timed(Phase.QUEUE,
                () -> ends.interruptibly(() -> admission.acquireSlot(principal, exchange.id()))));
        HeldEditCharge charge = exchange.closeLater(billing.open(plan, inputs, principal, record,
                exchange.durable()));
        OutputForm form = progress.isPresent() ? OutputForm.TASK : form(plan, principal);
        ResponseContext context = new ResponseContext(form, requested(plan), headers,
                new LinkedImageHost(files, linkBase, exchange.imageRetention()), exchange, charge, place::close,
                clientGone == DisconnectPolicy.DRAIN, maxBytes(plan), progress.orElse(ImageProgress.NONE),
                mask);
        return form == OutputForm.TASK
                ? sent(serving, plan, edit, context, place)
                : keepAlive.await(plan.streamed(), headers, exchange, context.ignoreDisconnect(),
                        () -> sent(serving, plan, edit, context, place));
    }

    /** Refuses an edit whose slot may have passed to another while this instance was frozen or without its database. */
    private static void requireSlot(EditAdmission.Place place, EditCharge charge) {
        if (place.isLost()) {
            charge.fail(false, "its slot was lost, because this instance was taken for dead");
            throw new ApiException(ErrorMessage.DATABASE_IS_UNAVAILABLE);
        }
    }

    /** Runs the steps up to the price, without executing the edit. Counts as a request, because images may be fetched. */
    public EditQuote quote(EditRequest request, ApiPrincipal principal, Exchange exchange) {
        EditCatalog catalog = exchange.closeLater(catalogs.take()).catalog();
        EditPlan plan = plan(request, principal, catalog);
        admission.checkRate(principal, 0);
        EditInputs inputs = inputs(planned(request, plan), plan, principal, exchange, catalog);
        catalog.upstreams().check(principal.group().upstreams(), upstreamRequest(plan, inputs, exchange.record()),
                demand.enforcing(plan.maskMode() == MaskMode.STRICT));
        return billing.quote(plan, inputs, principal);
    }

    private EditInputs inputs(EditRequest request, EditPlan plan, ApiPrincipal principal, Exchange exchange,
            EditCatalog catalog) {
        List<String> upstreams = principal.group().upstreams();
        boolean mayForward = plan.maskMode() != MaskMode.STRICT
                && catalog.upstreams().takeUrls(upstreams, plan.modelName()) && catalog.moderation()
                        .mayForward(principal.group(), catalog.upstreams().primaryName(upstreams));
        return exchange.cancellation().interruptibly(
                () -> images.of(request, plan.entry(), exchange, principal, mayForward));
    }

    /** The request as it was planned: without a mask that is ignored. */
    private static EditRequest planned(EditRequest request, EditPlan plan) {
        return plan.maskMode() == MaskMode.OFF ? request.withoutMask() : request;
    }

    private EditPlan plan(EditRequest request, ApiPrincipal principal, EditCatalog catalog) {
        EditPlan plan = rules.plan(request, catalog.models(), principal.group().maskMode());
        List<String> models = principal.group().models();
        if (!models.isEmpty() && !models.contains(plan.model())) {
            throw new ApiException(ErrorMessage.MODEL_IS_NOT_ALLOWED).withArgument("model", plan.model());
        }
        return plan;
    }

    /** From here on the edit may cost something; each exit of this method states how it ended. */
    private EditResponse sent(Upstream upstream, EditPlan plan, UpstreamRequest edit, ResponseContext context,
            EditAdmission.Place place) {
        EditCharge charge = context.charge();
        Cancellation cancellation = context.exchange().cancellation();
        boolean answered = false;
        try {
            if (context.ignoreDisconnect()) {
                cancellation.ignoreDisconnect();
            }
            requireSlot(place, charge);
            UpstreamResponse answer = context.exchange().closeLater(
                    cancellation.interruptibly(() -> upstream.edit(edit)));
            answered = true;
            context.exchange().releaseBody();
            answer.requestId().ifPresent(id -> context.headers().put(UPSTREAM_ID, id));
            note(answer.notes(), plan, context.headers());
            return responses.of(new IncomingAnswer(answer.format(), answer.streamed(), answer.refusals(),
                    answer.body(), answer.expiringLinks()), context);
        } catch (ApiException e) {
            charge.fail(e.mayHaveRun(), e.message().name());
            throw e.withHeaders(upstreamId(context));
        } catch (UpstreamRefusalException e) {
            charge.fail(false, "the upstream refused it");
            throw e.headers().isEmpty() ? e.withHeaders(upstreamId(context)) : e;
        } catch (CanceledException e) {
            if (e.reason() == Cancellation.Reason.STOPPING) {
                charge.fail(false, "the gateway stopped");
            } else if (answered) {
                charge.settle(context.requested().images(), ReportedUsage.NONE); // the upstream had finished its work
            } else {
                charge.abandon(e.reason().name());
            }
            throw e;
        }
    }

    /** The upstream's id of the request, once it has answered. */
    private static Map<String, String> upstreamId(ResponseContext context) {
        String id = context.headers().get(UPSTREAM_ID);
        return id == null ? Map.of() : Map.of(UPSTREAM_ID, id);
    }

    private static OutputForm form(EditPlan plan, ApiPrincipal principal) {
        if (plan.streamed()) {
            return OutputForm.EVENTS;
        }
        if (principal.group().returnsBothForms()) {
            return OutputForm.BOTH;
        }
        return plan.links() ? OutputForm.LINKS : OutputForm.BASE64;
    }

    private static RequestedOutput requested(EditPlan plan) {
        Map<String, String> parameters = plan.forwarded();
        String size = parameters.get("size");
        boolean choice = plan.entry().parameters().containsKey("output_format");
        return new RequestedOutput(plan.images(), "auto".equals(size) ? null : size,
                choice ? parameters.getOrDefault("output_format", "png") : null, parameters);
    }

    /** Base64 of as many images as were asked for, partial images included, and space for everything else. */
    private long maxBytes(EditPlan plan) {
        long images = (long) plan.images() * (1 + plan.partialImages());
        return images * (maxReturnedImage / 3 * 4 + 4) + MEGABYTE;
    }

    /** Names what the upstream was not sent, or was sent differently. */
    private static void note(UpstreamResponse.Notes notes, EditPlan plan, Map<String, String> headers) {
        if (!notes.warnings().isEmpty()) {
            headers.merge(WARNING, String.join("; ", notes.warnings()), (earlier, added) -> earlier + "; " + added);
        }
        if (!notes.dropped().isEmpty()) {
            headers.put(DROPPED, DroppedNames.header(
                    Stream.concat(plan.dropped().stream(), notes.dropped().stream()).distinct().toList()));
        }
    }

    private static UpstreamRequest upstreamRequest(EditPlan plan, EditInputs inputs, EditRecord edit) {
        Map<String, String> parameters = new LinkedHashMap<>(plan.forwarded());
        if (plan.entry().askBase64()) {
            parameters.put("response_format", "b64_json");
        }
        return switch (inputs) {
            case EditInputs.Linked linked -> linked.edit(plan, parameters, edit);
            case EditInputs.AtHand atHand -> atHand.edit(plan, parameters, edit);
        };
    }

    private static Map<String, String> headers(EditPlan plan) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!plan.dropped().isEmpty()) {
            headers.put(DROPPED, DroppedNames.header(plan.dropped()));
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
