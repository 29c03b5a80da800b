package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.MaskEnforcer;
import dev.retouch.server.edit.CropRule.Crop;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.model.SizeRule;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.Upstream;
import dev.retouch.server.upstream.UpstreamRegistry;
import dev.retouch.server.upstream.UpstreamRegistry.Demand;
import dev.retouch.server.upstream.UpstreamRegistry.MaskUse;
import dev.retouch.server.upstream.UpstreamRequest;

/**
 * Finds the ways to run an edit, in the order in which they are tried: first the upstreams of its model, then those of the fallback models
 * of its group. With a strict mask, upstreams that take masks go before those that do not, which get the part around the mask. If no
 * upstream takes or returns a format, images are converted.
 */
public final class EditRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(EditRoutes.class);
    private static final String SIZE = "size";
    /** The upstreams of a route for which none were chosen yet. */
    private static final Upstream NOWHERE = (_, _) -> {
        throw new IllegalStateException("no upstream was chosen");
    };

    private final FallbackRules fallbacks;
    private final StrictMasks masks;
    private final FormatConversion conversion;
    private final Demand demand;

    /**
     * Finds routes.
     *
     * @param rules plan an edit for fallback models
     * @param masks enforces masks
     * @param demand what an upstream may do differently from the request
     */
    public EditRoutes(EditRules rules, StrictMasks masks, Demand demand) {
        this.fallbacks = new FallbackRules(rules, demand.unsupported());
        this.masks = masks;
        this.conversion = masks.conversion();
        this.demand = demand;
    }

    /**
     * An edit whose inputs were validated for the model of its plan.
     *
     * @param request the edit as it was planned
     */
    record Candidate(EditPlan plan, EditRequest request, EditInputs inputs, ApiPrincipal principal, EditCatalog catalog,
            Exchange exchange) {

        private EditRecord record() {
            return exchange.record();
        }

        private List<String> upstreams() {
            return principal.group().upstreams();
        }
    }

    /**
     * The routes of an edit, at least one.
     *
     * @throws ApiException if no upstream of the model can run the edit, or if its strict mask cannot be enforced
     */
    List<EditRoute> of(Candidate edit) {
        Optional<StrictMasks.Prepared> mask = edit.plan().maskMode() == MaskMode.STRICT
                && edit.inputs() instanceof EditInputs.AtHand loaded && loaded.mask().isPresent()
                        ? Optional.of(masks.prepare(edit.request(), loaded, edit.principal().key().rootKeyId(),
                                edit.exchange()))
                        : Optional.empty();
        List<EditRoute> routes = new ArrayList<>(of(edit, edit.plan(), mask));
        for (String model : edit.principal().group().fallbackModels()) {
            fallbacks.plan(model, edit.plan(), edit.request(), edit.catalog().models())
                    .filter(plan -> FallbackRules.takes(plan.entry(), edit.inputs()))
                    .ifPresent(plan -> routes.addAll(fallback(edit, plan, mask)));
        }
        return routes;
    }

    /** The routes of a fallback model; none if no upstream can run the edit. */
    private List<EditRoute> fallback(Candidate edit, EditPlan plan, Optional<StrictMasks.Prepared> mask) {
        try {
            return of(edit, plan, mask).stream().map(route -> route
                    .noting("model " + edit.plan().model() + " is not available, so " + plan.model() + " ran instead"))
                    .toList();
        } catch (ApiException e) {
            LOG.debug("fallback model cannot run edit={} model={} reason={}", edit.exchange().id(), plan.model(),
                    e.message());
            return List.of();
        }
    }

    private List<EditRoute> of(Candidate edit, EditPlan plan, Optional<StrictMasks.Prepared> mask) {
        UpstreamRegistry upstreams = edit.catalog().upstreams();
        if (mask.isEmpty() || !(edit.inputs() instanceof EditInputs.AtHand loaded)) {
            return List.of(whole(edit, plan, demand, Optional.empty()));
        }
        List<EditRoute> found = new ArrayList<>();
        @Nullable
        ApiException refusal = null;
        if (upstreams.serve(edit.upstreams(), plan.modelName(), MaskUse.TAKEN)) {
            try {
                found.add(whole(edit, plan, demand.at(MaskUse.TAKEN), Optional.of(mask.get().enforcer())));
            } catch (ApiException e) {
                refusal = e;
            }
        }
        if (upstreams.serve(edit.upstreams(), plan.modelName(), MaskUse.NOT_TAKEN)) {
            try {
                found.add(part(edit, plan, loaded, mask.get()));
            } catch (ApiException e) {
                refusal = refusal == null ? e : refusal;
            }
        }
        if (found.isEmpty()) {
            throw refusal == null ? upstreams.notServed(plan.modelName()) : refusal;
        }
        return found;
    }

    private EditRoute whole(Candidate edit, EditPlan plan, Demand allowed, Optional<MaskEnforcer> mask) {
        UpstreamRequest request = request(edit, plan);
        EditRoute route = new EditRoute(plan, NOWHERE, () -> request, edit.inputs().dimensions(),
                edit.inputs().markupDimensions(), mask, Optional.empty(),
                Optional.ofNullable(plan.forwarded().get(SIZE)),
                List.of());
        return routed(edit, route, request, allowed);
    }

    /** The route through upstreams without masks, which edit the part of the first image around the mask. */
    private EditRoute part(Candidate edit, EditPlan plan, EditInputs.AtHand loaded, StrictMasks.Prepared mask) {
        Crop crop = CropRule.of(mask.open(), mask.size(), plan.entry(),
                Optional.ofNullable(plan.forwarded().get(SIZE)).flatMap(SizeRule::parse));
        try {
            return part(edit, plan, loaded, mask, crop);
        } catch (ApiException e) {
            if (crop.size().isEmpty() || !e.param().equals(Optional.of(SIZE))) {
                throw e;
            }
            return part(edit, plan, loaded, mask, crop.withoutSize()); // the client asked for no size
        }
    }

    private EditRoute part(Candidate edit, EditPlan plan, EditInputs.AtHand loaded, StrictMasks.Prepared mask,
            Crop crop) {
        EditPlan sized = plan.withSize(crop.size());
        if (!(request(edit, sized) instanceof LoadedImageRequest request)) {
            throw new IllegalStateException("images with a strict mask are loaded");
        }
        List<Dimensions> images = new ArrayList<>(loaded.dimensions());
        images.set(0, crop.sent());
        EditRoute route = new EditRoute(sized, NOWHERE,
                () -> request.withPart(mask.part(crop.part(), crop.sent(), plan.entry().images().bytes())), images,
                loaded.markupDimensions(), Optional.of(mask.enforcer(crop.part())), Optional.empty(), Optional.empty(),
                List.of("the upstream has no masks, so " + text(crop.part().width(), crop.part().height()) + " of "
                        + text(mask.size().width(), mask.size().height()) + " pixels around the mask were sent, as "
                        + text(crop.sent().width(), crop.sent().height())));
        // the part is written when it is sent: a png, as a rule
        ImagePart later = new ImagePart(request.images().getFirst().bytes(), ImageFormat.PNG);
        return routed(edit, route, request.withPart(later), demand.at(MaskUse.NOT_TAKEN));
    }

    /**
     * The route with the upstreams that can run it: unchanged, with converted images, or without what they cannot do, whichever comes first.
     *
     * @param announced the edit that will be sent, as far as the choice of upstreams depends on it
     */
    private EditRoute routed(Candidate edit, EditRoute route, UpstreamRequest announced, Demand allowed) {
        try {
            return route.at(upstream(edit, announced, allowed.refusing()));
        } catch (ApiException e) {
            for (FormatAdaptation adaptation : FormatAdaptation.of(announced)) {
                Optional<Upstream> able = able(edit, adaptation.announced(announced), allowed.refusing());
                if (able.isPresent()) {
                    return converted(edit, route.at(able.get()), adaptation, announced);
                }
            }
            return route.at(upstream(edit, announced, allowed));
        }
    }

    private static Optional<Upstream> able(Candidate edit, UpstreamRequest request, Demand allowed) {
        try {
            return Optional.of(upstream(edit, request, allowed));
        } catch (ApiException e) {
            return Optional.empty();
        }
    }

    private EditRoute converted(Candidate edit, EditRoute route, FormatAdaptation adaptation,
            UpstreamRequest announced) {
        String key = edit.principal().key().rootKeyId();
        Supplier<UpstreamRequest> sent = () -> {
            UpstreamRequest request = adaptation.withParameters(route.edit().get());
            return adaptation.inputs() && request instanceof LoadedImageRequest loaded
                    ? conversion.withoutWebp(loaded, key, edit.exchange())
                    : request;
        };
        return route.converting(route.plan().dropping(adaptation.dropped(announced)), sent,
                adaptation.output().map(format -> conversion.converter(format, key, edit.exchange())),
                adaptation.notes());
    }

    private static String text(int width, int height) {
        return width + "x" + height;
    }

    private static Upstream upstream(Candidate edit, UpstreamRequest request, Demand allowed) {
        return edit.catalog().upstreams().forEdit(edit.upstreams(), request, allowed,
                new RecordedAttempts(edit.record()));
    }

    private static UpstreamRequest request(Candidate edit, EditPlan plan) {
        Map<String, String> parameters = new LinkedHashMap<>(plan.forwarded());
        if (plan.entry().askBase64()) {
            parameters.put("response_format", "b64_json");
        }
        return switch (edit.inputs()) {
            case EditInputs.Linked linked -> linked.edit(plan, parameters, edit.record());
            case EditInputs.AtHand atHand -> atHand.edit(plan, parameters, edit.record());
        };
    }
}
