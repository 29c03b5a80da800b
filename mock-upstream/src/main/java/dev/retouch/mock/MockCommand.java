package dev.retouch.mock;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** Starts a mock upstream from the command line and keeps it until Ctrl-C. */
@Command(name = "mock-upstream", mixinStandardHelpOptions = true, versionProvider = MockCommand.Version.class, description = "An image-edit provider in miniature: as strict as the real one, with real pixels.")
public final class MockCommand implements Callable<Integer> {

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "The address to listen on (${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(names = "--port", defaultValue = "9090", description = "The port, 0 for any free one (${DEFAULT-VALUE}).")
    private int port = 9090;

    @Option(names = "--key", description = "The only key to accept; any key when absent.")
    private @Nullable String key;

    @Option(names = "--journal", defaultValue = "1000", description = "How many requests to remember (${DEFAULT-VALUE}).")
    private int journal = 1000;

    @Option(names = "--keep-bodies", defaultValue = "0", description = "How many bytes of uploaded parts to keep for inspection (${DEFAULT-VALUE}).")
    private long keepBodies;

    @Option(names = "--painters", defaultValue = "2", description = "How many pictures to make at the same time (${DEFAULT-VALUE}).")
    private int painters = 2;

    public static void main(String[] arguments) {
        // under a separate name, so that the logging of an embedding program does not load it
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dev/retouch/mock/logback-standalone.xml");
        }
        System.exit(new CommandLine(new MockCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        MockOptions options = MockOptions.defaults().withHost(host).withPort(port).withJournalEntries(journal)
                .withKeptBodyBytes(keepBodies).withPainters(painters);
        MockUpstream mock;
        try {
            mock = MockUpstream.start(key == null ? options : options.withKey(key));
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage() + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(mock::close, "mock-upstream-stop"));
        System.out.println("mock upstream: " + mock.baseUrl() + "  journal: " + mock.origin() + "/mock/journal");
        mock.join();
        // the shutdown hook still removes the temporary files: do not race it to the exit
        new CountDownLatch(1).await();
        return 0;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = MockCommand.class.getPackage().getImplementationVersion();
            return new String[]{"mock-upstream " + (version == null ? "(not packaged)" : version)};
        }
    }
}
