package dev.retouch.server.app;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.key.AdministrationException;
import dev.retouch.server.store.DatabaseAwayException;

/** The command line. Each subcommand is a class of its own; what one can do with groups or keys are methods of that class. */
@Command(name = "retouch", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = {
        "A self-hosted gateway for image-edit APIs.", ""}, subcommands = {ServeCommand.class, CheckConfigCommand.class,
                GroupsCommand.class, KeysCommand.class,
                BudgetCommand.class, UsageCommand.class, LedgerCommand.class})
public final class RetouchCommand implements Runnable {

    /** What a wrong setting, a port in use, or anything else that cannot be done ends with. */
    static final int CANNOT = 1;

    private static final String LOG_LEVEL = "RETOUCH_LOG_LEVEL";

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Map<String, String> environment = System.getenv();
        CommandLine line = commandLine(environment, Clock.system(ZoneId.systemDefault()));
        line.setExecutionStrategy(parsed -> {
            boolean serves = parsed.hasSubcommand()
                    && parsed.subcommand().commandSpec().userObject() instanceof ServeCommand;
            if (!serves && !environment.containsKey(LOG_LEVEL)) {
                QuietLog.set();
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        System.exit(line.execute(arguments));
    }

    /** The command line, looking at these environment variables and at this clock, whose zone is the user's. */
    static CommandLine commandLine(Map<String, String> environment, Clock clock) {
        CommandLine line = new CommandLine(new RetouchCommand(), new Commands(environment, clock));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            PrintWriter err = command.getErr();
            err.println("retouch: " + told(failure).replaceAll("\\s*\\R\\s*", " "));
            err.flush();
            return CANNOT;
        });
        return line;
    }

    /** What can be told in a line, because whoever reads it can mend it. Everything else is a mistake here, with its trace. */
    private static String told(Exception failure) throws Exception {
        return switch (failure) {
            case ConfigurationException _,StartException _,AdministrationException _,CommandException _ ->
                String.valueOf(failure.getMessage());
            case DatabaseAwayException away -> "the database does not answer: " + rootCause(away);
            default -> throw failure;
        };
    }

    private static String rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(),
                "Which command? To start the gateway: retouch serve");
    }

    /** The versions of the product and of its contract. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = RetouchCommand.class.getPackage().getImplementationVersion();
            return new String[]{"retouch " + (version == null ? "(not packaged)" : version),
                    "contract " + new ContractDocument().version(), "java " + Runtime.version()};
        }
    }

    /** Makes subcommands with what they need. */
    private record Commands(Map<String, String> environment, Clock clock) implements CommandLine.IFactory {

        @Override
        public <T> T create(Class<T> type) throws Exception {
            if (type == ServeCommand.class) {
                return type.cast(new ServeCommand(environment));
            }
            if (type == CheckConfigCommand.class) {
                return type.cast(new CheckConfigCommand(environment));
            }
            if (type == DeskOptions.class) {
                return type.cast(new DeskOptions(environment, clock));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
