package dev.retouch.server.task;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.edit.EditAnswer;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.Edits;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Caller;
import dev.retouch.server.store.DatabaseAwayException;
import dev.retouch.server.task.Task.Ending;

/** Runs one task: reads its request again, has it edited, and makes a result of the answer. */
public final class TaskRunner {

    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

    private final Edits edits;
    private final Function<String, Caller> holders;
    private final TaskFiles files;
    private final TaskTable table;
    private final TaskResults results;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Runs tasks by these edits.
     *
     * @param holders whose a key is, by its id, as the key and its group are now
     */
    public TaskRunner(Edits edits, Function<String, Caller> holders, TaskFiles files, TaskTable table,
            TaskResults results) {
        this.edits = edits;
        this.holders = holders;
        this.files = files;
        this.table = table;
        this.results = results;
    }

    /** How a task ended that came to its end. */
    record Ended(TaskState state, Ending ending, int images) {}

    /** Runs a task to its end. What its edit throws, it throws here. */
    Ended run(TaskOrder order, Exchange exchange) {
        try {
            Caller caller = holders.apply(order.keyId());
            EditAnswer answer = edits.edit(withLinks(files.load(order, exchange)), caller, exchange, order.linkBase());
            Map<String, String> told = new LinkedHashMap<>(answer.headers());
            try (OutputStream out = Files.newOutputStream(files.answer(order.id()))) {
                told.putAll(answer.body().writeTo(answer.streamed() ? tally(order, out) : out));
            }
            TaskResults.Result result = answer.streamed()
                    ? results.ofEvents(files.answer(order.id()), order.linkBase())
                    : results.ofDocument(files.answer(order.id()));
            return new Ended(result.error().isPresent() ? TaskState.FAILED : TaskState.SUCCEEDED,
                    new Ending(headers(told, answer.streamed()), result.document().orElse(null),
                            result.error().orElse(null)),
                    result.images());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nobody waits for the images themselves. */
    private static EditRequest withLinks(EditRequest request) {
        Map<String, String> parameters = new LinkedHashMap<>(request.parameters());
        parameters.put("response_format", "url");
        return new EditRequest(request.model(), request.prompt(), request.images(), request.mask(), parameters,
                request.unknown(), request.json());
    }

    private EventTally tally(TaskOrder order, OutputStream out) {
        return new EventTally(out, (completed, partial) -> {
            try {
                table.progress(order.id(), completed, partial);
            } catch (DatabaseAwayException e) {
                LOG.debug("progress is not told while the database is away task={}", order.id(), e);
            }
        });
    }

    /** Without those that are about the one answer, or about the moment. */
    private String headers(Map<String, String> all, boolean streamed) throws JsonProcessingException {
        Map<String, String> told = new LinkedHashMap<>(all);
        told.keySet().removeAll(Set.of("content-length", "trailer"));
        told.keySet().removeIf(name -> name.startsWith("x-ratelimit-"));
        if (streamed && "response_format".equals(told.get("x-retouch-dropped-parameters"))) {
            told.remove("x-retouch-dropped-parameters"); // it was not asked for, and a task has links all the same
        }
        return mapper.writeValueAsString(told);
    }
}
