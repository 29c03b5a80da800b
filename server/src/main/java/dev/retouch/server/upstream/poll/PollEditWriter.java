package dev.retouch.server.upstream.poll;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.eclipse.jetty.client.Request;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.model.AspectRule;
import dev.retouch.server.model.PixelSize;
import dev.retouch.server.model.SizeRule;
import dev.retouch.server.upstream.JsonImages;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.RemoteImageRequest;
import dev.retouch.server.upstream.UpstreamRequest;

/** Writes an edit as the document that a kind describes. */
final class PollEditWriter {

    private static final String LIST = "/-";

    private final PollKind.Submit form;
    private final ObjectNode document;

    private PollEditWriter(PollKind.Submit form) {
        this.form = form;
        this.document = form.fixed().deepCopy();
    }

    /** The submission of an edit; images are read and encoded while it is sent. */
    static Request.Content of(UpstreamRequest edit, PollKind.Submit form) {
        PollEditWriter writer = new PollEditWriter(form);
        JsonImages images = new JsonImages(form.dataUrls());
        writer.put(form.prompt(), new TextNode(edit.prompt()));
        writer.images(images.add(edit));
        switch (edit) {
            case LoadedImageRequest loaded ->
                loaded.mask().ifPresent(mask -> writer.put(form.mask(), new TextNode(images.add(mask))));
            case RemoteImageRequest remote ->
                remote.maskUrl().ifPresent(mask -> writer.put(form.mask(), new TextNode(mask)));
        }
        writer.size(edit);
        writer.text(form.format(), edit.parameters().get("output_format"));
        if (edit.count() > 1) {
            writer.put(form.count(), JsonNodeFactory.instance.numberNode(edit.count()));
        }
        form.parameters().forEach((name, place) -> writer.text(place, edit.parameters().get(name)));
        return images.content(writer.document);
    }

    private void images(List<String> images) {
        List<String> places = form.images();
        for (int i = 0; i < images.size(); i++) {
            put(places.get(Math.min(i, places.size() - 1)), new TextNode(images.get(i)));
        }
    }

    private void size(UpstreamRequest edit) {
        Optional<PixelSize> size = Optional.ofNullable(edit.parameters().get("size")).flatMap(SizeRule::parse);
        if (size.isEmpty()) {
            return;
        }
        put(form.width(), JsonNodeFactory.instance.numberNode(rounded(size.get().width())));
        put(form.height(), JsonNodeFactory.instance.numberNode(rounded(size.get().height())));
        Optional<AspectRule.Shape> shape = edit.shape();
        shape.ifPresent(nearest -> text(form.aspect(), nearest.ratio()));
        shape.map(AspectRule.Shape::resolution).filter(name -> !name.isEmpty())
                .ifPresent(name -> text(form.resolution(), name));
    }

    /** The next multiple, so that the result covers what was requested. */
    private int rounded(int pixels) {
        return Math.ceilDiv(pixels, form.multiple()) * form.multiple();
    }

    private void text(@Nullable String place, @Nullable String value) {
        if (value != null) {
            put(place, new TextNode(value));
        }
    }

    /** Puts a value into its place, and creates the objects around it; a place that ends in {@code /-} is a list. */
    private void put(@Nullable String place, JsonNode value) {
        if (place == null) {
            return;
        }
        boolean list = place.endsWith(LIST);
        String member = list ? place.substring(0, place.length() - LIST.length()) : place;
        int last = member.lastIndexOf('/');
        ObjectNode parent = last == 0 ? document : document.withObject(member.substring(0, last));
        String name = member.substring(last + 1);
        if (list) {
            ArrayNode values = parent.path(name) instanceof ArrayNode present ? present : parent.putArray(name);
            values.add(value);
        } else {
            parent.set(name, value);
        }
    }
}
