package dev.retouch.server.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import dev.retouch.server.contract.LogsApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.LogLevel;
import dev.retouch.server.contract.model.LogLevelsDto;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.log.LogLevels;

/** Implements {@code /admin/v1/log-levels}. */
public final class LogLevelsDelegate implements LogsApiService {

    private final LogLevels levels;

    /** Shows and sets these levels. */
    public LogLevelsDelegate(LogLevels levels) {
        this.levels = levels;
    }

    @Override
    public Response listLogLevels(ContainerRequestContext request) {
        return Response.ok(document()).build();
    }

    @Override
    public Response setLogLevel(LogLevel change, ContainerRequestContext request) {
        LogLevel given = AdminMapper.given(change);
        if (given.getLogger() == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "logger");
        }
        if (given.getLevel() == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "level");
        }
        if (!LogLevels.isOurs(given.getLogger())) {
            throw new ApiException(ErrorMessage.VALUE_IS_INVALID, "logger").withArgument("reason",
                    "only 'dev.retouch' and the loggers below it can be set");
        }
        levels.set(given.getLogger(), given.getLevel().toString());
        return Response.ok(document()).build();
    }

    private LogLevelsDto document() {
        LogLevelsDto document = new LogLevelsDto();
        levels.levels().forEach((name, level) -> document
                .addLevelsItem(new LogLevel().logger(name).level(LogLevel.LevelEnum.fromValue(level))));
        return document;
    }
}
