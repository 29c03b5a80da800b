package dev.retouch.server.task;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.answer.ImageProgress;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.TaskEdits;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.storage.StorageException;
import dev.retouch.server.task.Task.Ending;

/** Runs one task: reads its request again, has it edited, and keeps the result. */
public final class TaskRunner {

    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

    private final TaskEdits edits;
    private final Function<String, ApiPrincipal> holders;
    private final TaskFiles files;
    private final TaskRepository table;
    private final Duration lifetime;
    private final EditObserver observer;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Runs tasks by these edits.
     *
     * @param holders whose a key is, by its id, as the key and its group are now
     * @param lifetime how long the result of a task is kept, with its images
     * @param observer receives the events of the edits that tasks run
     */
    public TaskRunner(TaskEdits edits, Function<String, ApiPrincipal> holders, TaskFiles files, TaskRepository table,
            Duration lifetime, EditObserver observer) {
        this.edits = edits;
        this.holders = holders;
        this.files = files;
        this.table = table;
        this.lifetime = lifetime;
        this.observer = observer;
    }

    /** The outcome of a task that ran to its end. */
    record Ended(TaskState state, Ending ending, int images) {}

    /** Runs a task to its end. Exceptions of the edit are rethrown. */
    Ended run(TaskSpec order, Exchange exchange) {
        try {
            exchange.observe(observer, new SubmittedEdit(files.trace(order))).ofTask();
            ApiPrincipal principal = holders.apply(order.keyId());
            exchange.retainImages(lifetime);
            EditResponse response = edits.editForTask(load(order, exchange), principal, exchange,
                    order.linkBase(),
                    new Progress(order));
            Map<String, String> headers = new LinkedHashMap<>(response.headers());
            ByteArrayOutputStream result = new ByteArrayOutputStream();
            headers.putAll(response.body().writeTo(result));
            String document = result.toString(StandardCharsets.UTF_8);
            return new Ended(TaskState.SUCCEEDED, new Ending(headers(headers), document, null),
                    mapper.readTree(document).path("data").size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the request of a task again.
     *
     * @throws ApiException if the store with its images is unavailable
     */
    private EditRequest load(TaskSpec order, Exchange exchange) throws IOException {
        try {
            return files.load(order, exchange);
        } catch (StorageException e) {
            throw new ApiException(ErrorMessage.OBJECT_STORE_IS_UNAVAILABLE).withCause(e);
        }
    }

    /** Without those that are about the one response, or about the moment. */
    private String headers(Map<String, String> all) throws JsonProcessingException {
        Map<String, String> kept = new LinkedHashMap<>(all);
        kept.remove("content-length");
        kept.keySet().removeIf(name -> name.startsWith("x-ratelimit-"));
        return mapper.writeValueAsString(kept);
    }

    /** Writes down how far a task has come. */
    private final class Progress implements ImageProgress {

        private final TaskSpec order;
        private int completed;
        private int partial;

        Progress(TaskSpec order) {
            this.order = order;
        }

        @Override
        public void finalImage() {
            completed++;
            write();
        }

        @Override
        public void partialImage() {
            partial++;
            write();
        }

        private void write() {
            try {
                table.progress(order.id(), completed, partial);
            } catch (DatabaseUnavailableException e) {
                LOG.debug("progress is not written while the database is away task={}", order.id(), e);
            }
        }
    }
}
