package dev.retouch.server.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import dev.retouch.server.app.DataBackup;
import dev.retouch.server.app.DataBackup.Report;

/** {@code retouch backup}: copies the database and the data directory while the gateway runs. */
@Command(name = "backup", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Copy the database and the data directory into a new folder, also while the gateway runs. PostgreSQL is not included: see docs/backup.md.")
final class BackupCommand implements Callable<Integer> {

    @Mixin
    private @Nullable CommandOptions options;

    @Parameters(paramLabel = "FOLDER", description = "A folder that does not exist.")
    private @Nullable Path target;

    /** JSON output of a backup and its restoration. */
    record Answer(@JsonProperty("object") String object, @JsonProperty("files") long files,
            @JsonProperty("bytes") long bytes, @JsonProperty("database") boolean database) {

        static Answer of(String object, Report report) {
            return new Answer(object, report.files(), report.bytes(), report.database());
        }
    }

    @Override
    public Integer call() {
        Path folder = Objects.requireNonNull(target).toAbsolutePath();
        return Objects.requireNonNull(options).run(context -> {
            Report report = DataBackup.write(context.dataDir(), context.storage().database(), folder, context.clock());
            if (!report.database()) {
                context.note("the database is PostgreSQL and is not in this backup. See docs/backup.md for the order");
            }
            return context.answer(() -> Answer.of("backup", report), () -> "Copied " + report.files() + " files, "
                    + report.bytes() + " bytes, to " + folder + "\n");
        });
    }
}
