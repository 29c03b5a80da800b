package dev.retouch.server.api;

import java.net.URI;
import java.util.Optional;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import dev.retouch.server.contract.TasksApiService;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.idempotency.IdempotencyKey;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.task.Task;
import dev.retouch.server.task.TaskState;
import dev.retouch.server.task.Tasks;

/** {@code /v1/tasks}, and the edits that become one. */
public final class TasksDelegate implements TasksApiService {

    /** Seconds after which a task is worth another look. */
    private static final int NEXT_LOOK = 1;

    private final Tasks tasks;
    private final TaskDocuments documents = new TaskDocuments();

    /** Tells of these tasks. */
    public TasksDelegate(Tasks tasks) {
        this.tasks = tasks;
    }

    @Override
    public Response getTask(String task, ContainerRequestContext request) {
        return told(Response.ok(), tasks.find(task, Doorkeeper.callerOf(request)));
    }

    @Override
    public Response cancelTask(String task, ContainerRequestContext request) {
        return tasks.cancel(task, Doorkeeper.callerOf(request)).map(now -> told(Response.ok(), now))
                .orElseGet(() -> Response.noContent().build());
    }

    /** Makes a task of an edit; the answer is the edit's own where that comes soon enough. */
    Response submit(EditRequest edit, Preferences preferences, Optional<IdempotencyKey> key, URI linkBase,
            ContainerRequestContext request) {
        Tasks.Submitted submitted = tasks.submit(edit, Doorkeeper.callerOf(request), Exchange.of(request), linkBase,
                key, preferences.patience());
        Task task = submitted.task();
        boolean answered = preferences.patience().isPresent() && task.state() == TaskState.SUCCEEDED;
        Response.ResponseBuilder response = answered
                ? Response.ok()
                : Response.accepted().header("location", "/v1/tasks/" + task.id())
                        .header("preference-applied", "respond-async");
        if (submitted.replayed()) {
            response.header("idempotent-replayed", "true");
        }
        if (!answered) {
            return told(response, task);
        }
        documents.headers(task).properties()
                .forEach(header -> response.header(header.getKey(), header.getValue().asText()));
        return whole(response, documents.result(task));
    }

    private Response told(Response.ResponseBuilder response, Task task) {
        if (!task.state().isOver()) {
            response.header("retry-after", NEXT_LOOK);
        }
        return whole(response, documents.of(task));
    }

    private static Response whole(Response.ResponseBuilder response, byte[] json) {
        return response.entity(json).type(MediaType.APPLICATION_JSON_TYPE).build();
    }
}
