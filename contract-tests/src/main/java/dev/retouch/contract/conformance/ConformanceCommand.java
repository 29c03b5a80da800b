package dev.retouch.contract.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import dev.retouch.contract.conformance.cases.Case;
import dev.retouch.contract.conformance.cases.CaseException;
import dev.retouch.contract.conformance.cases.CaseFiles;
import dev.retouch.contract.conformance.cases.ModelNames;
import dev.retouch.contract.conformance.check.Schemas;
import dev.retouch.contract.conformance.report.Report;
import dev.retouch.contract.conformance.run.Outcome.State;
import dev.retouch.contract.conformance.run.Plan;
import dev.retouch.contract.conformance.run.Runner;
import dev.retouch.contract.conformance.wire.Sender;
import dev.retouch.contract.conformance.wire.Target;

/** Asks an endpoint what a compatible one must be able to do, and reports. */
@Command(name = "retouch-conformance", mixinStandardHelpOptions = true, sortOptions = false, versionProvider = ConformanceCommand.Version.class, description = {
        "Runs the compatibility cases against any image-edits endpoint, and writes report.html and report.json.",
        ""}, exitCodeListHeading = "%nIt ends with:%n", exitCodeList = {"0:every case that ran passed",
                "1:some differ", "2:nothing could be run"})
public final class ConformanceCommand implements Callable<Integer> {

    /** Some cases differ. */
    static final int DIFFERENCES = 1;
    /** Nothing could be run. */
    static final int CANNOT = 2;

    private static final String KEY_VARIABLE = "RETOUCH_KEY";

    private final Map<String, String> environment;
    private final Clock clock;
    private final Sender.Pause pause;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--base-url", paramLabel = "URL", description = "The endpoint, such as http://127.0.0.1:8080 or https://api.openai.com/v1.")
    private @Nullable String baseUrl;

    @Option(names = "--key-file", paramLabel = "FILE", description = "A file with the key. Without one it is taken from RETOUCH_KEY in the environment.")
    private @Nullable Path keyFile;

    @Option(names = "--key", paramLabel = "KEY", description = "The key itself. Everybody on this machine can read it while the command runs, and the shell may remember it.")
    private @Nullable String key;

    @Option(names = "--paid", description = "Also run the cases whose right answer costs money at a provider.")
    private boolean paid;

    @Option(names = "--heavy", description = "Also run the cases that send up to 50 MB.")
    private boolean heavy;

    @Option(names = "--dialect", paramLabel = "ROW", split = ",", description = "Only these rows: A, B, C, D, E, limits, errors, streaming, links, masks, gateway, models.")
    private List<String> dialects = List.of();

    @Option(names = "--only", paramLabel = "PATTERN", split = ",", description = "Only cases whose name has this in it; * stands for anything: A/*mask*.")
    private List<String> only = List.of();

    @Option(names = "--model", paramLabel = "[OLD=]NEW", split = ",", description = "What the endpoint calls a model; a name alone is for the edits that name none.")
    private List<String> models = List.of();

    @Option(names = "--cases", paramLabel = "DIR", description = "A folder with cases of your own, which are run after the others.")
    private @Nullable Path ownCases;

    @Option(names = "--report", paramLabel = "DIR", defaultValue = "conformance", description = "Where to write the report (${DEFAULT-VALUE}).")
    private Path folder = Path.of("conformance");

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "300", description = "How long one answer may take (${DEFAULT-VALUE}).")
    private int timeout = 300;

    @Option(names = {"--max-wait",
            "--patience"}, paramLabel = "SECONDS", defaultValue = "120", description = "How long a case may wait in all where the endpoint asks to come again later (${DEFAULT-VALUE}).")
    private int maxWait = 120;

    @Option(names = "--list", description = "Show the cases and run nothing.")
    private boolean list;

    private ConformanceCommand(Map<String, String> environment, Clock clock, Sender.Pause pause) {
        this.environment = environment;
        this.clock = clock;
        this.pause = pause;
    }

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // bundled libraries log, and without a logging backend they would print warnings
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(commandLine(System.getenv(), Clock.systemUTC(), Thread::sleep).execute(arguments));
    }

    /** The command line, looking at these environment variables and at this clock, and waiting in this way. */
    static CommandLine commandLine(Map<String, String> environment, Clock clock, Sender.Pause pause) {
        CommandLine line = new CommandLine(new ConformanceCommand(environment, clock, pause));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (!(failure instanceof CaseException || failure instanceof IOException)) {
                throw failure;
            }
            command.getErr().println("retouch-conformance: " + failure.getMessage());
            command.getErr().flush();
            return CANNOT;
        });
        return line;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Schemas schemas = new Schemas();
        CaseFiles files = new CaseFiles(ModelNames.of(models), schemas);
        Plan plan = new Plan(new Selection(dialects, only).of(files.load(Optional.ofNullable(ownCases))), paid, heavy);
        if (list) {
            plan.cases().forEach(this::show);
            out().flush();
            return 0;
        }
        Target target = target();
        String estimate = new Estimate(plan, files.prices()).text();
        say(estimate);
        Instant started = clock.instant();
        try (Sender sender = new Sender(target, Duration.ofSeconds(timeout), Duration.ofSeconds(maxWait), pause)) {
            Runner runner = new Runner(sender, clock);
            Optional<String> obstacle = runner.obstacle();
            if (obstacle.isPresent()) {
                say("retouch-conformance: " + obstacle.get());
                return CANNOT;
            }
            Report report = new Report(target,
                    new Report.Facts(started, new Version().number(), schemas.version(), paid,
                            heavy, estimate));
            runner.run(plan, outcome -> {
                report.add(outcome);
                say(report.lastLine(plan.cases().size()));
            });
            return told(report);
        }
    }

    private int told(Report report) throws IOException {
        report.write(folder, clock.instant());
        out().print(report.table());
        out().println("The report: " + folder.resolve("report.html").toAbsolutePath().normalize());
        out().flush();
        if (report.count(State.PASSED) + report.count(State.DIFFERS) == 0) {
            say("retouch-conformance: nothing was run.");
            return CANNOT;
        }
        return report.count(State.DIFFERS) == 0 ? 0 : DIFFERENCES;
    }

    private void show(Case each) {
        out().println("%-46s %-5s %s".formatted(each.id(), each.paid() ? "paid" : each.heavy() ? "heavy" : "", each
                .shows()));
    }

    private Target target() throws IOException {
        if (baseUrl == null) {
            throw mistake("Which endpoint? Say --base-url.");
        }
        try {
            return Target.of(baseUrl, key());
        } catch (IllegalArgumentException e) {
            throw mistake(String.valueOf(e.getMessage()));
        }
    }

    private String key() throws IOException {
        if (key != null && keyFile != null) {
            throw mistake("Choose one of --key and --key-file.");
        }
        String found = key != null
                ? key
                : keyFile != null ? contentOf(keyFile) : environment.getOrDefault(KEY_VARIABLE, "");
        if (found.isBlank()) {
            throw mistake("Which key? Put it into " + KEY_VARIABLE + ", or say --key-file.");
        }
        if (!found.strip().chars().allMatch(character -> character > ' ' && character < 127)) {
            throw mistake("The key has characters that no header can have.");
        }
        return found.strip();
    }

    private String contentOf(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw mistake("There is no key file " + file + " that can be read.");
        }
        return Files.readString(file);
    }

    private ParameterException mistake(String message) {
        return new ParameterException(line(), message);
    }

    private void say(String text) {
        line().getErr().println(text);
        line().getErr().flush();
    }

    private PrintWriter out() {
        return line().getOut();
    }

    private CommandLine line() {
        return java.util.Objects.requireNonNull(spec).commandLine();
    }

    /** The versions of the command and of the contract. */
    static final class Version implements CommandLine.IVersionProvider {

        String number() {
            String version = ConformanceCommand.class.getPackage().getImplementationVersion();
            return version == null ? "(not packaged)" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[]{"retouch-conformance " + number(), "contract " + new Schemas().version()};
        }
    }
}
