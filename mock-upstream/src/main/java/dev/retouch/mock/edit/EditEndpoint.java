package dev.retouch.mock.edit;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.mock.edit.EditJson.Event;
import dev.retouch.mock.edit.EditJson.Item;
import dev.retouch.mock.edit.Rendering.Rendered;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.scenario.Scenario.FewerImages;
import dev.retouch.mock.scenario.Scenario.MissingUsage;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.Answer.EventSink;
import dev.retouch.mock.wire.Call;
import dev.retouch.mock.wire.Endpoint;
import dev.retouch.mock.wire.HostedFiles;

/** {@code POST /v1/images/edits}: check, render, answer. */
public final class EditEndpoint implements Endpoint {

    private static final String PARTIAL = "image_edit.partial_image";
    private static final String COMPLETED = "image_edit.completed";

    private final EditRules rules;
    private final Studio studio;
    private final HostedFiles hosted;
    private final Tokens tokens;
    private final Clock clock;
    private final EditJson json = new EditJson();

    public EditEndpoint(Models models, Studio studio, HostedFiles hosted, Clock clock) {
        this.rules = new EditRules(models);
        this.studio = studio;
        this.hosted = hosted;
        this.tokens = new Tokens(models.tokens());
        this.clock = clock;
    }

    @Override
    public Answer answer(Call call) throws IOException {
        EditRequest edit = rules.check(call.body());
        int missing = call.script().find(FewerImages.class).map(FewerImages::missing).orElse(0);
        int images = Math.max(0, edit.n() - missing);
        return edit.delivery().stream() ? events(call, edit, images) : document(call, edit, images);
    }

    private Answer document(Call call, EditRequest edit, int images) throws IOException {
        List<Rendered> rendered = studio.paint(() -> Rendering.of(edit, call.workspace(), 0, images));
        List<Item> items = new ArrayList<>();
        for (Rendered image : rendered) {
            items.add(edit.delivery().asUrl()
                    ? new Item.AtUrl(call.origin() + hosted.host(image.file(), edit.output().format().wireName()))
                    : new Item.InFile(image.file()));
        }
        boolean transparent = rendered.stream().anyMatch(Rendered::transparent);
        Optional<Usage> usage = usage(call, edit, images);
        long created = clock.instant().getEpochSecond();
        return new Answer.Document(200, Map.of(), "application/json",
                out -> json.document(out, edit, created, transparent, items, usage));
    }

    private Answer events(Call call, EditRequest edit, int images) throws IOException {
        // the first is made before the answer begins: an image that cannot be decoded is still an error with a status
        List<Rendered> first = studio.paint(() -> Rendering.of(edit, call.workspace(), 0, Math.min(1, images)));
        Optional<Usage> each = usage(call, edit, 1);
        return new Answer.Events(sink -> {
            for (int index = 0; index < images; index++) {
                int which = index;
                Rendered image = index == 0
                        ? first.getFirst()
                        : studio.paint(() -> Rendering.of(edit, call.workspace(), which, which + 1)).getFirst();
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

    private Optional<Usage> usage(Call call, EditRequest edit, int images) {
        boolean reported = edit.model().family().reportsUsage() && !call.script().has(MissingUsage.class);
        return reported ? Optional.of(tokens.of(edit, images)) : Optional.empty();
    }
}
