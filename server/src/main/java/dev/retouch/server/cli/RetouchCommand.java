package dev.retouch.server.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.app.BackupException;
import dev.retouch.server.app.StartupException;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.key.AdministrationException;
import dev.retouch.server.settings.ConfigurationException;

/** The command line. Each subcommand is a class; the operations on groups or keys are methods of that class. */
@Command(name = "retouch", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = {
        "A self-hosted gateway for image-edit APIs.", ""})
public final class RetouchCommand implements Runnable {

    /** Exit code of a command that fails for a reason other than its arguments. */
    static final int CANNOT = 1;

    private static final String LOG_LEVEL = "RETOUCH_LOG_LEVEL";

    private static final List<Class<?>> SUBCOMMANDS = List.of(ServeCommand.class, WarmUpCommand.class,
            CheckConfigCommand.class, HealthCommand.class, GroupsCommand.class, KeysCommand.class, BudgetCommand.class,
            UsageCommand.class, EditsCommand.class, LedgerCommand.class, UpstreamsCommand.class, BackupCommand.class,
            RestoreCommand.class);

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Map<String, String> environment = System.getenv();
        CommandLine line = commandLine(environment, Clock.system(ZoneId.systemDefault()), subcommands(arguments));
        line.setExecutionStrategy(parsed -> {
            boolean serves = parsed.hasSubcommand()
                    && parsed.subcommand().commandSpec().userObject() instanceof ServeCommand;
            if (!serves && !environment.containsKey(LOG_LEVEL)) {
                CommandLogging.set();
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        System.exit(execute(line, arguments));
    }

    /** An error of the JVM, such as a missing class, ends the process too, although other threads may still run. */
    private static int execute(CommandLine line, String... arguments) {
        try {
            return line.execute(arguments);
        } catch (Error e) {
            e.printStackTrace(line.getErr());
            return CANNOT;
        }
    }

    /**
     * Creates the command line.
     *
     * @param environment environment variables
     * @param clock current time, with the zone of the user
     */
    public static CommandLine commandLine(Map<String, String> environment, Clock clock) {
        return commandLine(environment, clock, SUBCOMMANDS);
    }

    /** Returns the subcommand that the first argument names, or all. Creating all of them takes a part of each start. */
    private static List<Class<?>> subcommands(String... arguments) {
        List<Class<?>> named = SUBCOMMANDS.stream().filter(type -> arguments.length > 0
                && type.getAnnotation(Command.class).name().equals(arguments[0])).limit(1).toList();
        return named.isEmpty() ? SUBCOMMANDS : named;
    }

    private static CommandLine commandLine(Map<String, String> environment, Clock clock, List<Class<?>> subcommands) {
        Commands commands = new Commands(environment, clock);
        CommandLine line = new CommandLine(new RetouchCommand(), commands);
        subcommands.forEach(type -> line.addSubcommand(new CommandLine(type, commands)));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            PrintWriter err = command.getErr();
            err.println("retouch: " + userMessage(failure).replaceAll("\\s*\\R\\s*", " "));
            err.flush();
            return CANNOT;
        });
        return line;
    }

    /**
     * Returns the message of a failure that the operator can fix. Any other exception is a defect and is thrown with
     * its stack trace.
     */
    private static String userMessage(Exception failure) throws Exception {
        return switch (failure) {
            case ConfigurationException _,StartupException _,BackupException _,AdministrationException _,CommandException _ ->
                String.valueOf(failure.getMessage());
            case DatabaseUnavailableException away -> "the database does not answer: " + rootCause(away);
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

    /** Versions of the program and the contract. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = RetouchCommand.class.getPackage().getImplementationVersion();
            return new String[]{"retouch " + (version == null ? "(not packaged)" : version),
                    "contract " + ContractDocument.version(), "java " + Runtime.version()};
        }
    }

    /** Creates subcommands with their dependencies. */
    private record Commands(Map<String, String> environment, Clock clock) implements CommandLine.IFactory {

        @Override
        public <T> T create(Class<T> type) throws Exception {
            if (type == ServeCommand.class) {
                return type.cast(new ServeCommand(environment));
            }
            if (type == CheckConfigCommand.class) {
                return type.cast(new CheckConfigCommand(environment));
            }
            if (type == HealthCommand.class) {
                return type.cast(new HealthCommand(environment));
            }
            if (type == CommandOptions.class) {
                return type.cast(new CommandOptions(environment, clock));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
