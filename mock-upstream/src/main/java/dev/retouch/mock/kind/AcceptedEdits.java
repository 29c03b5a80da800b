package dev.retouch.mock.kind;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.retouch.mock.edit.ImageEditor;
import dev.retouch.mock.edit.ImageEditor.Task;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Script;
import dev.retouch.mock.wire.EndpointRequest;
import dev.retouch.mock.wire.HostedFiles;

/**
 * The edits that the providers which are polled have accepted. An edit is rendered before it is accepted, so its first state is its last
 * one. The oldest are forgotten first.
 */
final class AcceptedEdits {

    private static final int MAX = 1000;

    private final ImageEditor editor;
    private final HostedFiles hosted;
    private final Map<String, End> ends = new LinkedHashMap<>();

    AcceptedEdits(ImageEditor editor, HostedFiles hosted) {
        this.editor = editor;
        this.hosted = hosted;
    }

    /** How an edit has ended. */
    sealed interface End {

        /** With images at these URLs. */
        record Done(List<String> urls) implements End {
            public Done {
                urls = List.copyOf(urls);
            }
        }

        /** Blocked by the safety system. */
        record Blocked() implements End {}

        /** Without an image. */
        record Failed() implements End {}
    }

    ImageEditor editor() {
        return editor;
    }

    /** Renders one image, and returns the id of the edit. */
    String accept(EndpointRequest call, Task task) throws IOException {
        String id = UUID.randomUUID().toString();
        End end = end(call, task);
        synchronized (this) {
            ends.put(id, end);
            if (ends.size() > MAX) {
                ends.remove(ends.keySet().iterator().next());
            }
        }
        return id;
    }

    private End end(EndpointRequest call, Task task) throws IOException {
        Script script = call.script();
        if (script.has(Scenario.ModerationBlocked.class)) {
            return new End.Blocked();
        }
        if (script.has(Scenario.FewerImages.class)) {
            return new End.Failed();
        }
        List<String> urls = new ArrayList<>();
        for (Path image : editor.edit(task, 1, call.workspace())) {
            urls.add(call.origin() + hosted.host(image, task.format().wireName()));
        }
        return new End.Done(urls);
    }

    /** The end of an edit. */
    synchronized End end(String id) {
        End end = ends.get(id);
        if (end == null) {
            throw ProviderErrors.notFound("GET", id);
        }
        return end;
    }
}
