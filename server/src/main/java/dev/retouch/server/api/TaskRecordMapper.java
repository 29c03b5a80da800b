package dev.retouch.server.api;

import java.time.Instant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.EditTaskProgress;
import dev.retouch.server.contract.model.TaskRecordDto;
import dev.retouch.server.contract.model.TaskRecordList;
import dev.retouch.server.task.TaskRecord;
import dev.retouch.server.task.TaskRecordRepository.Page;

/** Maps tasks of all keys to models of the contract. */
final class TaskRecordMapper {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TaskRecordMapper() {}

    static TaskRecordList list(Page page) {
        return new TaskRecordList()._object(TaskRecordList.ObjectEnum.LIST)
                .data(page.tasks().stream().map(TaskRecordMapper::document).toList()).hasMore(page.hasMore());
    }

    static TaskRecordDto document(TaskRecord task) {
        return new TaskRecordDto().id(task.id())._object(TaskRecordDto.ObjectEnum.IMAGE_EDIT_TASK)
                .status(TaskRecordDto.StatusEnum.fromValue(task.state().word())).key(task.rootKeyId())
                .requestId(task.editId()).createdAt(task.created().getEpochSecond())
                .startedAt(seconds(task.started())).finishedAt(seconds(task.finished()))
                .expiresAt(task.state().isOver() ? (Long) task.expires().getEpochSecond() : null)
                .progress(new EditTaskProgress().completedImages(task.progress().completed())
                        .partialImages(task.progress().partial()).asked(task.progress().asked()))
                .errorCode(code(task.error()));
    }

    private static @Nullable String code(@Nullable String envelope) {
        try {
            JsonNode code = envelope == null ? null : MAPPER.readTree(envelope).at("/error/code");
            return code == null || !code.isTextual() ? null : code.asText();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot read the error of a task", e);
        }
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }
}
