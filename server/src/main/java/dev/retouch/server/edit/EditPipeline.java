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

import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.answer.EditResponses;
import dev.retouch.server.answer.ImageProgress;
import dev.retouch.server.answer.KeepAliveResponder;
import dev.retouch.server.answer.LinkedImageHost;
import dev.retouch.server.answer.OutputForm;
import dev.retouch.server.answer.ResponseContext;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditRoutes.Candidate;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.hosting.HostedImageStore;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.retention.ContentRecorder;
import dev.retouch.server.retention.RetainedEdit;

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
 * routes                  EditRoutes: upstreams of the model, and of fallback models 400 / 404
 * moderation              EditModeration: prompt, images and mask                    400
 * slot                    EditAdmission: bounded queue, bounded wait                 429
 * object store            HostedImageStore: takes images, if links or a key need it  429 / 503
 * hold                    EditBilling: the maximum cost, on both budgets             429 insufficient_quota
 * dispatch                EditDispatch: choose, send, fail over only if safe         4xx / 502 / 503 / 504
 * settle                  EditCharge: from reported usage, or per delivered image
 * response                JSON, signed URLs, or events
 * </pre>
 *
 * Resources opened by a step belong to the exchange, which closes them however the edit ends. A disconnect of the
 * client and a shutdown of the gateway cancel every wait.
 */
public final class EditPipeline implements EditService, TaskEdits {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final EditRules rules;
    private final ImageLoader images;
    private final EditAdmission admission;
    private final EditBilling billing;
    private final CurrentCatalog catalogs;
    private final EditRoutes routes;
    private final EditDispatch dispatch;
    private final KeepAliveResponder keepAlive;
    private final HostedImageStore files;
    private final DisconnectPolicy clientGone;
    private final TestOutcomes outcomes;
    private final ContentRecorder contents;

    /**
     * Creates a pipeline of these steps.
     *
     * @param catalogs the upstreams and moderators of new edits
     * @param clientGone what happens to a dispatched edit if its client disconnects
     * @param routes finds the models and upstreams that can run an edit
     * @param outcomes makes the sandbox produce outcomes that clients choose
     * @param contents keeps prompts and thumbnails, of groups that say so
     */
    public EditPipeline(EditRules rules, ImageLoader images, EditAdmission admission, EditBilling billing,
            CurrentCatalog catalogs, EditRoutes routes, EditResponses responses, KeepAliveResponder keepAlive,
            HostedImageStore files, DisconnectPolicy clientGone, long maxReturnedImage, TestOutcomes outcomes,
            ContentRecorder contents) {
        this.rules = rules;
        this.images = images;
        this.admission = admission;
        this.billing = billing;
        this.catalogs = catalogs;
        this.routes = routes;
        this.dispatch = new EditDispatch(responses, maxReturnedImage);
        this.keepAlive = keepAlive;
        this.files = files;
        this.clientGone = clientGone;
        this.outcomes = outcomes;
        this.contents = contents;
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
        record.retained(principal.group().retention());
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
            headers.put(EditDispatch.WARNING, String.join("; ", inputs.changes()));
        }
        Candidate candidate = new Candidate(plan, request, inputs, principal, catalog, exchange);
        List<EditRoute> ways = record.timed(Phase.FETCH, () -> ends.interruptibly(() -> routes.of(candidate)));
        record.timed(Phase.MODERATION, () -> ends.interruptibly(() -> {
            catalog.moderation().check(plan.prompt(), inputs, principal.group(), upstream, exchange.id());
            return inputs;
        }));
        EditAdmission.Place place = exchange.closeLater(record.timed(Phase.QUEUE,
                () -> ends.interruptibly(() -> admission.acquireSlot(principal, exchange.id()))));
        OutputForm form = progress.isPresent() ? OutputForm.TASK : form(plan, principal);
        if (form.hasLinks() || exchange.durable().isPresent()) {
            files.require(principal.key().rootKeyId());
        }
        HeldEditCharge charge = exchange.closeLater(billing.open(ways, principal, record, exchange.durable()));
        RetainedEdit retained = contents.begin(exchange.id(), principal.group().name(), principal.group().retention(),
                plan.prompt(), inputs.loaded());
        EditRoute first = ways.getFirst();
        ResponseContext context = new ResponseContext(form, EditDispatch.requested(first), headers,
                new LinkedImageHost(files, linkBase, principal.key().rootKeyId(), exchange.imageRetention()), exchange,
                charge, place::close,
                clientGone == DisconnectPolicy.DRAIN, dispatch.maxBytes(first.plan()),
                progress.orElse(ImageProgress.NONE), first.converter(), first.mask(), retained);
        return form == OutputForm.TASK
                ? dispatch.send(request, ways, charge, place, context)
                : keepAlive.await(plan.streamed(), headers, exchange, context.ignoreDisconnect(),
                        () -> dispatch.send(request, ways, charge, place, context));
    }

    /** Runs the steps up to the price, without executing the edit. Counts as a request, because images may be fetched. */
    public EditQuote quote(EditRequest request, ApiPrincipal principal, Exchange exchange) {
        EditCatalog catalog = exchange.closeLater(catalogs.take()).catalog();
        EditPlan plan = plan(request, principal, catalog);
        admission.checkRate(principal, 0);
        EditRequest wanted = planned(request, plan);
        EditInputs inputs = inputs(wanted, plan, principal, exchange, catalog);
        Candidate candidate = new Candidate(plan, wanted, inputs, principal, catalog, exchange);
        return billing.quote(exchange.cancellation().interruptibly(() -> routes.of(candidate)), principal);
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

    private static OutputForm form(EditPlan plan, ApiPrincipal principal) {
        if (plan.streamed()) {
            return OutputForm.EVENTS;
        }
        if (principal.group().returnsBothForms()) {
            return OutputForm.BOTH;
        }
        return plan.links() ? OutputForm.LINKS : OutputForm.BASE64;
    }

    private static Map<String, String> headers(EditPlan plan) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!plan.dropped().isEmpty()) {
            headers.put(EditDispatch.DROPPED, DroppedNames.header(plan.dropped()));
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
