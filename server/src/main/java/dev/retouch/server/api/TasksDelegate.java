package dev.retouch.server.api;

import java.net.URI;
import java.util.Optional;
import java.util.function.UnaryOperator;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.TasksApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.idempotency.IdempotencyKey;
import dev.retouch.server.task.Task;
import dev.retouch.server.task.TaskRecord;
import dev.retouch.server.task.TaskRecordRepository;
import dev.retouch.server.task.TaskRecordRepository.Filter;
import dev.retouch.server.task.TaskService;
import dev.retouch.server.task.TaskState;

/** Implements {@code /v1/tasks} and {@code /admin/v1/tasks}, and submits edits as tasks. */
public final class TasksDelegate implements TasksApiService {

    /** Polling interval for clients, in seconds. */
    private static final int NEXT_LOOK = 1;

    private final TaskService tasks;
    private final TaskRecordRepository records;
    private final TaskJsonWriter documents;

    /**
     * A delegate that answers from this service.
     *
     * @param records the tasks of all keys
     * @param renewal signs the links of a result anew each time the result is read
     */
    public TasksDelegate(TaskService tasks, TaskRecordRepository records, UnaryOperator<String> renewal) {
        this.tasks = tasks;
        this.records = records;
        this.documents = new TaskJsonWriter(renewal);
    }

    @Override
    public Response getTask(String task, ContainerRequestContext request) {
        return render(Response.ok(), tasks.find(task, AuthenticationFilter.principalOf(request)));
    }

    @Override
    public Response cancelTask(String task, ContainerRequestContext request) {
        return tasks.cancel(task, AuthenticationFilter.principalOf(request)).map(now -> render(Response.ok(), now))
                .orElseGet(() -> Response.noContent().build());
    }

    @Override
    public Response listAllTasks(@Nullable String state, @Nullable String key, @Nullable String limit,
            @Nullable String after, ContainerRequestContext request) {
        Filter filter = new Filter(ListParameters.choice("state", state, TaskState.values(), TaskState::word),
                ListParameters.given(key));
        return records.page(filter, ListParameters.given(after), ListParameters.limit(limit, ListParameters.LIMIT))
                .map(page -> Response.ok(TaskRecordMapper.list(page)).build())
                .orElseThrow(() -> ListParameters.unknownAfter("task"));
    }

    @Override
    public Response cancelAnyTask(String task, ContainerRequestContext request) {
        boolean canceled = tasks.cancel(task);
        TaskRecord now = records.find(task)
                .orElseThrow(() -> new ApiException(ErrorMessage.TASK_DOES_NOT_EXIST).withArgument("id", task));
        if (!canceled) {
            throw new ApiException(ErrorMessage.CHANGE_IS_IN_CONFLICT, "task").withArgument("reason",
                    "the task has ended, it is '" + now.state().word() + "'");
        }
        return Response.ok(TaskRecordMapper.document(now)).build();
    }

    /** Submits an edit as a task. If the edit ends within the preferred wait, returns its own response. */
    Response submit(EditRequest edit, PreferHeader preferences, Optional<IdempotencyKey> key, URI linkBase,
            ContainerRequestContext request) {
        TaskService.Submitted submitted = tasks.submit(edit, AuthenticationFilter.principalOf(request),
                Exchange.of(request),
                linkBase,
                key, preferences.maxWait());
        Task task = submitted.task();
        boolean answered = preferences.maxWait().isPresent() && task.state() == TaskState.SUCCEEDED;
        Response.ResponseBuilder response = answered
                ? Response.ok()
                : Response.accepted().header("location", "/v1/tasks/" + task.id())
                        .header("preference-applied", "respond-async");
        if (submitted.replayed()) {
            response.header("idempotent-replayed", "true");
        }
        if (!answered) {
            return render(response, task);
        }
        documents.headers(task).properties()
                .forEach(header -> response.header(header.getKey(), header.getValue().asText()));
        return whole(response, documents.result(task));
    }

    private Response render(Response.ResponseBuilder response, Task task) {
        if (!task.state().isOver()) {
            response.header("retry-after", NEXT_LOOK);
        }
        return whole(response, documents.of(task));
    }

    private static Response whole(Response.ResponseBuilder response, byte[] json) {
        return response.entity(json).type(MediaType.APPLICATION_JSON_TYPE).build();
    }
}
