package dev.retouch.server.task;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;
import dev.retouch.server.storage.LocalFolder;
import dev.retouch.server.storage.ObjectStore;

/** Stores the uploaded images of each task in a separate folder of the store. Queued tasks use no memory for their images. */
public final class TaskFiles {

    private static final Logger LOG = LoggerFactory.getLogger(TaskFiles.class);
    private static final String FOLDER = "tasks";
    private static final String MEDIA_TYPE = "application/octet-stream";
    /** Longer than the time between storing the images and inserting the row of a task. */
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    /** How long images count that no one removes. */
    private static final Duration COUNTED = Duration.ofHours(1);

    private final ObjectStore store;
    private final LocalFolder unfinished;
    private final Spool spool;
    private final Clock clock;
    private final StorageQuota quota;
    /** What this instance has stored for tasks whose images are not removed yet. */
    private final Map<String, StoredImages> stored = new ConcurrentHashMap<>();
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Stores images in {@code tasks} of this store.
     *
     * @param dataDir the data directory, in which images are written before they are stored
     * @param spool receives images of a store on another machine, while their task runs
     * @param quota counts the images while their task has not ended
     */
    public TaskFiles(ObjectStore store, Path dataDir, Spool spool, Clock clock, StorageQuota quota)
            throws IOException {
        this.store = store;
        this.unfinished = new LocalFolder(dataDir.resolve(FOLDER));
        this.spool = spool;
        this.clock = clock;
        this.quota = quota;
    }

    /** Bytes that an account has stored for a task. They count for at most an hour, also where another instance removes them. */
    private record StoredImages(String account, Instant until, long bytes) {}

    /**
     * Rejects a task while the store is unavailable, or while the account has stored its part.
     *
     * @param account root key id
     */
    void require(String account) {
        store.requireAvailable();
        quota.require(account);
    }

    /**
     * Stores the images of a request, and returns the rest of the request as JSON.
     *
     * @param account root key id of the account that the images count for
     * @param trace the headers of the trace that the task belongs to; empty without a trace
     */
    String save(String id, String account, EditRequest request, Map<String, String> trace) throws IOException {
        count(id, account, request);
        ObjectNode saved = mapper.createObjectNode();
        request.model().ifPresent(model -> saved.put("model", model));
        request.prompt().ifPresent(prompt -> saved.put("prompt", prompt));
        int number = 0;
        for (Upload image : request.images()) {
            saved.withArray("/images").add(upload(image, id, "image-" + number++));
        }
        if (request.mask().isPresent()) {
            saved.set("mask", upload(request.mask().get(), id, "mask"));
        }
        if (request.markup().isPresent()) {
            saved.set("markup", upload(request.markup().get(), id, "markup"));
        }
        saved.set("parameters", mapper.valueToTree(request.parameters()));
        saved.set("unknown", mapper.valueToTree(request.unknown()));
        saved.put("json", request.json());
        if (!trace.isEmpty()) {
            saved.set("trace", mapper.valueToTree(trace));
        }
        return mapper.writeValueAsString(saved);
    }

    private void count(String id, String account, EditRequest request) {
        long bytes = Stream.of(request.images().stream(), request.mask().stream(), request.markup().stream())
                .flatMap(Function.identity()).filter(upload -> upload.url() == null)
                .mapToLong(upload -> upload.bytes().size()).sum();
        StoredImages images = new StoredImages(account, clock.instant().plus(COUNTED), bytes);
        stored.put(id, images);
        quota.stored(account, images.until(), bytes);
    }

    private void countRemoval(String id) {
        StoredImages images = stored.remove(id);
        if (images != null && images.until().isAfter(clock.instant())) {
            quota.stored(images.account(), images.until(), -images.bytes());
        }
    }

    /** Returns the headers of the trace that a task belongs to; empty without a trace. */
    Map<String, String> trace(TaskSpec order) throws IOException {
        return texts(mapper.readTree(order.request()).path("trace"));
    }

    /** Restores a request. The exchange closes its images. */
    EditRequest load(TaskSpec order, Exchange exchange) throws IOException {
        JsonNode saved = mapper.readTree(order.request());
        List<Upload> images = new ArrayList<>();
        for (JsonNode image : saved.path("images")) {
            images.add(upload(image, order.id(), exchange));
        }
        Optional<Upload> mask = saved.has("mask")
                ? Optional.of(upload(saved.path("mask"), order.id(), exchange))
                : Optional.empty();
        Optional<Upload> markup = saved.has("markup")
                ? Optional.of(upload(saved.path("markup"), order.id(), exchange))
                : Optional.empty();
        return new EditRequest(text(saved, "model"), text(saved, "prompt"), images, mask, markup,
                texts(saved.path("parameters")), texts(saved.path("unknown")), saved.path("json").asBoolean());
    }

    /** Removes the images of a task. If the store is unavailable, they are removed later. */
    void remove(String id) {
        try {
            store.removeFolder(FOLDER + "/" + id);
            countRemoval(id);
        } catch (IOException e) {
            LOG.warn("images of a task could not be removed task={}", id, e);
        }
    }

    /**
     * Removes the images that a crash or an unavailable store has left.
     *
     * @param needed returns the ids of the tasks of all instances that have not ended
     */
    void removeForgotten(Supplier<Set<String>> needed) {
        Instant now = clock.instant();
        stored.values().removeIf(images -> images.until().isBefore(now));
        Instant old = now.minus(FORGOTTEN);
        unfinished.removeOlder(old);
        try {
            List<String> ids = store.list(FOLDER).folders();
            if (ids.isEmpty()) {
                return;
            }
            Set<String> present = needed.get();
            for (String id : ids) {
                if (!present.contains(id) && isOlder(id, old)) {
                    remove(id);
                }
            }
        } catch (IOException e) {
            LOG.warn("unused images of tasks could not be listed", e);
        }
    }

    private boolean isOlder(String id, Instant time) throws IOException {
        return store.list(FOLDER + "/" + id).files().stream().allMatch(file -> file.modified().isBefore(time));
    }

    private ObjectNode upload(Upload upload, String id, String name) throws IOException {
        ObjectNode saved = mapper.createObjectNode().put("param", upload.param());
        if (upload.url() != null) {
            return saved.put("url", upload.url());
        }
        Path part = unfinished.newFile();
        try {
            try (InputStream in = upload.bytes().open();
                    FileChannel file = FileChannel.open(part, StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE)) {
                in.transferTo(Channels.newOutputStream(file));
            }
            store.put(new ObjectStore.NewObject(objectName(id, name), MEDIA_TYPE, part, true));
        } finally {
            Files.deleteIfExists(part);
        }
        return saved.put("file", name);
    }

    private Upload upload(JsonNode saved, String id, Exchange exchange) throws IOException {
        String param = saved.path("param").asText();
        return saved.has("url")
                ? Upload.at(param, saved.path("url").asText())
                : new Upload(param, stored(objectName(id, saved.path("file").asText()), exchange));
    }

    private ImageBytes stored(String name, Exchange exchange) throws IOException {
        Optional<Path> local = store.local(name);
        if (local.isPresent()) {
            return exchange.closeLater(ImageBytes.of(local.get()));
        }
        OptionalLong size = store.size(name);
        if (size.isEmpty()) {
            throw new NoSuchFileException(store.location(name));
        }
        Spool.Writer writer = exchange.closeLater(spool.newWriter());
        try (InputStream in = store.open(name, 0, size.getAsLong())) {
            in.transferTo(writer);
        }
        return exchange.closeLater(writer.finish());
    }

    private static String objectName(String id, String name) {
        return FOLDER + "/" + id + "/" + name;
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
