package dev.retouch.server.edit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.EditCharge;
import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.answer.EditResponses;
import dev.retouch.server.answer.IncomingAnswer;
import dev.retouch.server.answer.RequestedOutput;
import dev.retouch.server.answer.ResponseContext;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.price.ReportedUsage;
import dev.retouch.server.upstream.UpstreamRequest;
import dev.retouch.server.upstream.UpstreamResponse;

/**
 * Sends an edit whose cost is held by the first of its routes, and by the next one if it certainly did not run and no upstream of the
 * route can take it. Each exit states how the edit ended.
 */
final class EditDispatch {

    static final String WARNING = "x-retouch-warning";
    static final String DROPPED = "x-retouch-dropped-parameters";

    private static final Logger LOG = LoggerFactory.getLogger(EditDispatch.class);
    private static final String UPSTREAM_ID = "x-upstream-request-id";
    private static final long MEGABYTE = 1 << 20;
    /** Errors that are about the upstreams of a route, and not about the edit. */
    private static final Set<ErrorMessage> ABOUT_UPSTREAMS = Set.of(ErrorMessage.UPSTREAM_IS_UNREACHABLE,
            ErrorMessage.UPSTREAMS_ARE_RESTING, ErrorMessage.UPSTREAM_IS_OVERLOADED, ErrorMessage.UPSTREAM_LIMITS_RATE,
            ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS, ErrorMessage.UPSTREAM_TIMED_OUT,
            ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);

    private final EditResponses responses;
    private final long maxReturnedImage;

    EditDispatch(EditResponses responses, long maxReturnedImage) {
        this.responses = responses;
        this.maxReturnedImage = maxReturnedImage;
    }

    /** A response, and the route by which it came. */
    private record Answered(EditRoute route, UpstreamResponse response) {}

    /**
     * Sends an edit, and returns the client's response.
     *
     * @param place the slot of the edit
     * @param context for the first route
     */
    EditResponse send(EditRequest request, List<EditRoute> routes, HeldEditCharge charge, EditAdmission.Place place,
            ResponseContext context) {
        Cancellation cancellation = context.exchange().cancellation();
        boolean answered = false;
        int images = context.requested().images();
        EditRecord record = context.exchange().record();
        noteWarnings(context.headers(), record);
        try {
            if (context.ignoreDisconnect()) {
                cancellation.ignoreDisconnect();
            }
            Answered answer = answered(request, routes, charge, place, context);
            answered = true;
            images = answer.route().plan().images();
            context.exchange().releaseBody();
            UpstreamResponse response = answer.response();
            response.requestId().ifPresent(id -> context.headers().put(UPSTREAM_ID, id));
            note(response.notes(), answer.route(), context.headers());
            noteWarnings(context.headers(), record);
            return responses.of(new IncomingAnswer(response.format(), response.streamed(), response.refusals(),
                    response.body(), response.expiringLinks()), of(answer.route(), context));
        } catch (ApiException e) {
            record.failed(e);
            charge.fail(e.mayHaveRun(), e.message().name());
            throw e.withHeaders(upstreamId(context));
        } catch (UpstreamRefusalException e) {
            record.failed(e);
            charge.fail(false, "the upstream refused it");
            throw e.headers().isEmpty() ? e.withHeaders(upstreamId(context)) : e;
        } catch (CanceledException e) {
            record.failed(e);
            canceled(e, charge, answered ? images : 0);
            throw e;
        }
    }

    /** Notes what the client is warned of, for administrators. */
    private static void noteWarnings(Map<String, String> headers, EditRecord record) {
        record.history().warned(headers.get(WARNING));
        record.history().dropped(headers.get(DROPPED));
    }

    /** @param images the images that the upstream had finished */
    private static void canceled(CanceledException e, EditCharge charge, int images) {
        if (e.reason() == Cancellation.Reason.STOPPING) {
            charge.fail(false, "the gateway stopped");
        } else if (images > 0) {
            charge.settle(images, ReportedUsage.NONE);
        } else {
            charge.abandon(e.reason().name());
        }
    }

    private static Answered answered(EditRequest request, List<EditRoute> routes, HeldEditCharge charge,
            EditAdmission.Place place, ResponseContext context) {
        @Nullable
        ApiException first = null;
        for (int i = 0;; i++) {
            EditRoute route = routes.get(i);
            try {
                if (first != null) {
                    begin(i, request, route, charge, context, first);
                }
                UpstreamRequest edit = made(route, charge);
                return new Answered(route, context.exchange().closeLater(context.exchange().cancellation()
                        .interruptibly(() -> route.upstream().edit(edit, () -> requireSlot(place, charge)))));
            } catch (ApiException e) {
                boolean mayContinue = !e.mayHaveRun() && ABOUT_UPSTREAMS.contains(e.message());
                if (!mayContinue || i + 1 == routes.size()) {
                    // the error of the model that the client named, unless another one may have run
                    throw first == null || e.mayHaveRun() ? e : first;
                }
                first = first == null ? e : first;
            }
        }
    }

    /**
     * Refuses an edit whose slot may have passed to another while this instance was frozen or without its database. Called before each
     * attempt, because an edit can wait for seconds between two attempts.
     */
    private static void requireSlot(EditAdmission.Place place, EditCharge charge) {
        if (place.isLost()) {
            charge.fail(false, "its slot was lost, because this instance was taken for dead");
            throw new ApiException(ErrorMessage.DATABASE_IS_UNAVAILABLE);
        }
    }

    /** The edit that is sent. Without it nothing is dispatched, so the hold is released. */
    private static UpstreamRequest made(EditRoute route, EditCharge charge) {
        try {
            return route.edit().get();
        } catch (RuntimeException e) {
            charge.fail(false, "the edit was not dispatched");
            throw e;
        }
    }

    /** Begins a further route; if the ledger cannot have its model, the edit ends as it did before. */
    private static void begin(int index, EditRequest request, EditRoute route, HeldEditCharge charge,
            ResponseContext context, ApiException before) {
        try {
            charge.runs(index);
        } catch (DatabaseUnavailableException | IllegalStateException e) {
            LOG.warn("next model of an edit not in the ledger request={}", context.exchange().id(), e);
            throw before;
        }
        LOG.info("edit continues by another route request={} model={} reason={}", context.exchange().id(),
                route.plan().model(), before.message());
        context.exchange().record().planned(route.plan().toRecord(request));
    }

    /** The context of a response that came by a route. */
    ResponseContext of(EditRoute route, ResponseContext context) {
        return context.with(requested(route), maxBytes(route.plan()), route.converter(), route.mask());
    }

    static RequestedOutput requested(EditRoute route) {
        Map<String, String> parameters = route.plan().forwarded();
        boolean choice = route.converter().isEmpty()
                && route.plan().entry().parameters().containsKey("output_format");
        return new RequestedOutput(route.plan().images(),
                route.size().filter(size -> !size.equals("auto")).orElse(null),
                choice ? parameters.getOrDefault("output_format", "png") : null, parameters);
    }

    /** Base64 of as many images as were asked for, partial images included, and space for everything else. */
    long maxBytes(EditPlan plan) {
        long images = (long) plan.images() * (1 + plan.partialImages());
        return images * (maxReturnedImage / 3 * 4 + 4) + MEGABYTE;
    }

    /** The upstream's id of the request, once it has answered. */
    private static Map<String, String> upstreamId(ResponseContext context) {
        String id = context.headers().get(UPSTREAM_ID);
        return id == null ? Map.of() : Map.of(UPSTREAM_ID, id);
    }

    /** Names what the upstream was not sent, or was sent differently. */
    private static void note(UpstreamResponse.Notes notes, EditRoute route, Map<String, String> headers) {
        List<String> warnings = Stream.concat(route.notes().stream(), notes.warnings().stream()).toList();
        if (!warnings.isEmpty()) {
            headers.merge(WARNING, String.join("; ", warnings), (earlier, added) -> earlier + "; " + added);
        }
        List<String> dropped = Stream.concat(route.plan().dropped().stream(), notes.dropped().stream()).distinct()
                .toList();
        if (!dropped.isEmpty()) {
            headers.put(DROPPED, DroppedNames.header(dropped));
        }
    }
}
