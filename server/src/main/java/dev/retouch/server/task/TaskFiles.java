package dev.retouch.server.task;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.hosting.DirectorySync;
import dev.retouch.server.image.ImageBytes;

/**
 * Stores the uploaded images and the unfinished response of each task in a separate folder. Queued tasks use no
 * memory for their images.
 */
public final class TaskFiles {

    private static final Logger LOG = LoggerFactory.getLogger(TaskFiles.class);
    /** Longer than the time between storing the images and inserting the row of a task. */
    private static final Duration FORGOTTEN = Duration.ofHours(1);

    private final Path folder;
    private final Clock clock;
    private final ObjectMapper mapper = new ObjectMapper();

    /** Stores folders in {@code tasks} below the data directory. */
    public TaskFiles(Path dataDir, Clock clock) throws IOException {
        this.folder = Files.createDirectories(dataDir.resolve("tasks"));
        this.clock = clock;
    }

    /**
     * Writes the images of a request to disk, and returns the rest of the request as JSON.
     *
     * @param trace the headers of the trace that the task belongs to; empty without a trace
     */
    String save(String id, EditRequest request, Map<String, String> trace) throws IOException {
        Path own = Files.createDirectories(folder.resolve(id));
        ObjectNode saved = mapper.createObjectNode();
        request.model().ifPresent(model -> saved.put("model", model));
        request.prompt().ifPresent(prompt -> saved.put("prompt", prompt));
        int number = 0;
        for (Upload image : request.images()) {
            saved.withArray("/images").add(upload(image, own, "image-" + number++));
        }
        if (request.mask().isPresent()) {
            saved.set("mask", upload(request.mask().get(), own, "mask"));
        }
        if (request.markup().isPresent()) {
            saved.set("markup", upload(request.markup().get(), own, "markup"));
        }
        saved.set("parameters", mapper.valueToTree(request.parameters()));
        saved.set("unknown", mapper.valueToTree(request.unknown()));
        saved.put("json", request.json());
        if (!trace.isEmpty()) {
            saved.set("trace", mapper.valueToTree(trace));
        }
        DirectorySync.force(own);
        DirectorySync.force(folder);
        return mapper.writeValueAsString(saved);
    }

    /** Returns the headers of the trace that a task belongs to; empty without a trace. */
    Map<String, String> trace(TaskSpec order) throws IOException {
        return texts(mapper.readTree(order.request()).path("trace"));
    }

    /** Restores a request. The exchange closes its images. */
    EditRequest load(TaskSpec order, Exchange exchange) throws IOException {
        JsonNode saved = mapper.readTree(order.request());
        Path own = folder.resolve(order.id());
        List<Upload> images = new ArrayList<>();
        for (JsonNode image : saved.path("images")) {
            images.add(upload(image, own, exchange));
        }
        Optional<Upload> mask = saved.has("mask")
                ? Optional.of(upload(saved.path("mask"), own, exchange))
                : Optional.empty();
        Optional<Upload> markup = saved.has("markup")
                ? Optional.of(upload(saved.path("markup"), own, exchange))
                : Optional.empty();
        return new EditRequest(text(saved, "model"), text(saved, "prompt"), images, mask, markup,
                texts(saved.path("parameters")), texts(saved.path("unknown")), saved.path("json").asBoolean());
    }

    /** The file that receives the response of the edit, before it becomes the result. */
    Path answer(String id) {
        return folder.resolve(id).resolve("answer");
    }

    /** Removes the folder of a task. */
    void remove(String id) {
        Path own = folder.resolve(id);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(own)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(own);
        } catch (NoSuchFileException e) {
            LOG.debug("task folder missing task={}", id);
        } catch (IOException e) {
            LOG.warn("task folder could not be removed task={}", id, e);
        }
    }

    /** Removes folders left by a crash. */
    void removeForgotten(Predicate<String> needed) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
            for (Path own : folders) {
                if (isOld(own) && !needed.test(own.getFileName().toString())) {
                    remove(own.getFileName().toString());
                }
            }
        } catch (IOException e) {
            LOG.warn("unused task folders could not be listed", e);
        }
    }

    private boolean isOld(Path own) throws IOException {
        try {
            return Files.getLastModifiedTime(own).toInstant().plus(FORGOTTEN).isBefore(clock.instant());
        } catch (NoSuchFileException e) {
            return false; // another instance has removed it
        }
    }

    private ObjectNode upload(Upload upload, Path own, String name) throws IOException {
        ObjectNode saved = mapper.createObjectNode().put("param", upload.param());
        if (upload.url() != null) {
            return saved.put("url", upload.url());
        }
        try (InputStream in = upload.bytes().open();
                FileChannel file = FileChannel.open(own.resolve(name), StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE)) {
            in.transferTo(Channels.newOutputStream(file));
            file.force(true);
        }
        return saved.put("file", name);
    }

    private static Upload upload(JsonNode saved, Path own, Exchange exchange) throws IOException {
        String param = saved.path("param").asText();
        return saved.has("url")
                ? Upload.at(param, saved.path("url").asText())
                : new Upload(param, exchange.closeLater(ImageBytes.of(own.resolve(saved.path("file").asText()))));
    }

    private static Optional<String> text(JsonNode saved, String name) {
        return Optional.ofNullable(saved.get(name)).map(JsonNode::asText);
    }

    private static Map<String, String> texts(JsonNode saved) {
        Map<String, String> texts = new LinkedHashMap<>();
        saved.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
