package dev.retouch.server.app;

import java.io.PrintWriter;
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

/** The command line. Each subcommand is a class of its own. */
@Command(name = "retouch", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = {
        "A self-hosted gateway for image-edit APIs.", ""}, subcommands = {ServeCommand.class, CheckConfigCommand.class})
public final class RetouchCommand implements Runnable {

    /** What a wrong setting or a port in use ends with. */
    static final int CANNOT_START = 1;

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        System.exit(commandLine(System.getenv()).execute(arguments));
    }

    /** The command line, looking at these environment variables. */
    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine line = new CommandLine(new RetouchCommand(), new Commands(environment));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            PrintWriter err = command.getErr();
            if (failure instanceof ConfigurationException || failure instanceof StartException) {
                err.println("retouch: " + failure.getMessage());
                err.flush();
                return CANNOT_START;
            }
            throw failure;
        });
        return line;
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
    private record Commands(Map<String, String> environment) implements CommandLine.IFactory {

        @Override
        public <T> T create(Class<T> type) throws Exception {
            if (type == ServeCommand.class) {
                return type.cast(new ServeCommand(environment));
            }
            if (type == CheckConfigCommand.class) {
                return type.cast(new CheckConfigCommand(environment));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
