package dev.retouch.mock.edit;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.mock.edit.EditJson.Event;
import dev.retouch.mock.edit.EditJson.Figures;
import dev.retouch.mock.edit.EditJson.Item;
import dev.retouch.mock.edit.Rendering.Rendered;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.scenario.Scenario.ChangedOutside;
import dev.retouch.mock.scenario.Scenario.FewerImages;
import dev.retouch.mock.scenario.Scenario.MissingUsage;
import dev.retouch.mock.scenario.Scenario.ModerationBlocked;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.Answer.EventSink;
import dev.retouch.mock.wire.Endpoint;
import dev.retouch.mock.wire.EndpointRequest;
import dev.retouch.mock.wire.HostedFiles;

/** {@code POST /v1/images/edits}: check, render, answer. */
public final class EditEndpoint implements Endpoint {

    private static final String PARTIAL = "image_edit.partial_image";
    private static final String COMPLETED = "image_edit.completed";

    private final EditRules rules;
    private final RenderPool studio;
    private final HostedFiles hosted;
    private final Tokens tokens;
    private final Clock clock;
    private final EditJson json = new EditJson();

    public EditEndpoint(Models models, RenderPool studio, HostedFiles hosted, Clock clock) {
        this.rules = new EditRules(models);
        this.studio = studio;
        this.hosted = hosted;
        this.tokens = new Tokens(models.partialImageTokens());
        this.clock = clock;
    }

    @Override
    public Answer answer(EndpointRequest call) throws IOException {
        EditRequest edit = rules.check(call.body());
        if (call.script().has(ModerationBlocked.class)) {
            throw ProviderErrors.moderationBlocked();
        }
        int missing = call.script().find(FewerImages.class).map(FewerImages::missing).orElse(0);
        int images = Math.max(0, edit.n() - missing);
        return edit.delivery().stream() ? events(call, edit, images) : document(call, edit, images);
    }

    private Answer document(EndpointRequest call, EditRequest edit, int images) throws IOException {
        boolean everywhere = call.script().has(ChangedOutside.class);
        List<Rendered> rendered = studio.paint(() -> Rendering.of(edit, call.workspace(), everywhere, 0, images));
        List<Item> items = new ArrayList<>();
        for (Rendered image : rendered) {
            items.add(edit.delivery().asUrl()
                    ? new Item.AtUrl(call.origin() + hosted.host(image.file(), edit.output().format().wireName()))
                    : new Item.InFile(image.file()));
        }
        boolean transparent = rendered.stream().anyMatch(Rendered::transparent);
        Optional<Usage> usage = usage(call, edit, images);
        Optional<Usage.Svg> svg = usage.isEmpty() || rendered.isEmpty()
                ? Optional.empty()
                : edit.output().svgModel().map(model -> Usage.Svg.of(model, rendered.getFirst().characters()));
        Figures figures = new Figures(usage, svg);
        long created = clock.instant().getEpochSecond();
        return new Answer.Document(200, Map.of(), "application/json",
                out -> json.document(out, edit, created, transparent, items, figures));
    }

    private Answer events(EndpointRequest call, EditRequest edit, int images) throws IOException {
        boolean everywhere = call.script().has(ChangedOutside.class);
        // the first image is rendered before the response begins, so that an undecodable image is an error with a status
        List<Rendered> first = studio
                .paint(() -> Rendering.of(edit, call.workspace(), everywhere, 0, Math.min(1, images)));
        Optional<Usage> each = usage(call, edit, 1);
        return new Answer.Events(sink -> {
            for (int index = 0; index < images; index++) {
                int which = index;
                Rendered image = index == 0
                        ? first.getFirst()
                        : studio.paint(() -> Rendering.of(edit, call.workspace(), everywhere, which, which + 1))
                                .getFirst();
                send(sink, edit, image, index == 0 ? each : each.map(Usage::withoutInput));
            }
        });
    }

    private void send(EventSink sink, EditRequest edit, Rendered image, Optional<Usage> usage) throws IOException {
        long created = clock.instant().getEpochSecond();
        for (int partial = 0; partial < image.partials().size(); partial++) {
            int index = partial;
            Event event = new Event(PARTIAL, Optional.of(index), Optional.empty());
            sink.send(PARTIAL, out -> json.event(out, edit, created, image.partials().get(index), image.transparent(),
                    event));
        }
        Event event = new Event(COMPLETED, Optional.empty(), usage);
        sink.send(COMPLETED, out -> json.event(out, edit, created, image.file(), image.transparent(), event));
    }

    private Optional<Usage> usage(EndpointRequest call, EditRequest edit, int images) {
        boolean reported = edit.model().family().reportsUsage() && !call.script().has(MissingUsage.class);
        return reported ? Optional.of(tokens.of(edit, images)) : Optional.empty();
    }
}
