package dev.retouch.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.retouch.server.app.DataBackup;
import dev.retouch.server.app.DataBackup.Report;

/** {@code retouch restore}: copies a backup into an empty data directory, and verifies it. */
@Command(name = "restore", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Copy a backup into the data directory of the settings, which must be empty.")
final class RestoreCommand implements Callable<Integer> {

    @Mixin
    private @Nullable CommandOptions options;

    @Parameters(paramLabel = "FOLDER", description = "The folder that retouch backup has written.")
    private @Nullable Path backup;

    @Option(names = "--verify", description = "Then open the database, check its file, and verify the ledger. The exit code is 0 if both are sound, otherwise 1.")
    private boolean verify;

    @Override
    public Integer call() {
        CommandOptions given = Objects.requireNonNull(options);
        Report report = DataBackup.restore(Objects.requireNonNull(backup).toAbsolutePath(), given.configuration());
        String restored = "Restored " + report.files() + " files, " + report.bytes() + " bytes\n";
        if (!verify) {
            return given.answer(() -> BackupCommand.Answer.of("restoration", report), () -> restored);
        }
        return given.run(context -> {
            List<String> damage = context.storage().database().checkFile();
            if (!damage.isEmpty()) {
                throw new CommandException("the database is damaged: " + String.join("; ", damage));
            }
            return LedgerCommand.verify(context, restored, true);
        });
    }
}
