package dev.retouch.bench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.ObjectMapper;

/** Runs all measurements, prints a table and writes a JSON document. */
public final class Bench {

    private static final int STREAMS = 300;
    private static final int TURNS = 3;
    private static final int KILOBYTE = 1 << 10;
    private static final int MEGABYTE = 1 << 20;
    /** The maximum latency that the gateway may add to the first event. */
    private static final double MAX_EVENT_MILLIS = 50;
    private static final int PIXELS = 1024;
    /** The only measurement to run; empty for all but that of traces. */
    private static final String ONLY = System.getProperty("bench.only", "");

    private final Stub stub;
    private final RelayProcess relay;
    private final GatewayProcess gateway;
    private final byte[] picture;
    private final Duration time;
    private final PrintStream out;
    private final Map<String, Object> document = new LinkedHashMap<>();

    private Bench(Stub stub, RelayProcess relay, GatewayProcess gateway, byte[] picture, Duration time,
            PrintStream out) {
        this.stub = stub;
        this.relay = relay;
        this.gateway = gateway;
        this.picture = picture;
        this.time = time;
        this.out = out;
    }

    /** Takes the launcher of the gateway and the file for the document. */
    public static void main(String[] arguments) throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("bench.seconds", 10));
        byte[] picture = picture();
        if (ONLY.equals(TracesBench.NAME)) {
            new TracesBench(Path.of(arguments[0]), Arrays.copyOf(picture, 10 * KILOBYTE), time, System.out)
                    .run(Path.of(arguments[1]));
            return;
        }
        try (Stub stub = new Stub(Stub.document(picture));
                RelayProcess relay = new RelayProcess(stub.base());
                GatewayProcess gateway = new GatewayProcess(Path.of(arguments[0]), stub.base(),
                        System.getProperty("bench.java-opts", ""), Map.of())) {
            new Bench(stub, relay, gateway, picture, time, System.out).run(Path.of(arguments[1]));
        }
    }

    private void run(Path target) throws Exception {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        document.put("processors", Runtime.getRuntime().availableProcessors());
        document.put("load_before", load);
        document.put("clients", ConcurrentClients.CLIENTS);
        document.put("seconds_each", time.toSeconds());
        out.printf(Locale.ROOT, "%d processors, load before %.1f; baseline: the stub upstream asked directly%n%n",
                Runtime.getRuntime().availableProcessors(), load);
        out.printf(Locale.ROOT, "%-26s %12s %12s %8s %12s%n", "", "direct", "gateway", "ratio", "beyond");
        if (isChosen("event_1kb")) {
            events("event_1kb", "first event of 1 KB", KILOBYTE);
        }
        if (isChosen("event_256kb")) {
            events("event_256kb", "first event of 256 KB", 256 * KILOBYTE);
        }
        if (isChosen("edit_10kb")) {
            edits("edit_10kb", "10 KB in and out", 10 * KILOBYTE, 10 * KILOBYTE);
        }
        if (isChosen("edit_1mb")) {
            edits("edit_1mb", "1 MB in, 1.5 MB out", MEGABYTE, MEGABYTE * 9 / 8);
        }
        document.put("gateway_peak_megabytes", gateway.peakMegabytes());
        out.printf(Locale.ROOT, "%npeak memory of the gateway: %d MB%n", gateway.peakMegabytes());
        Files.createDirectories(target.toAbsolutePath().getParent());
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(target.toFile(), document);
        out.printf(Locale.ROOT, "written: %s%n", target);
    }

    private static boolean isChosen(String name) {
        return ONLY.isEmpty() || ONLY.equals(name);
    }

    /** Sends streams in sequence, so that only the latency of the event is measured. */
    private void events(String name, String title, int size) throws Exception {
        stub.answers(new Stub.Answer.Events(size));
        Figures direct = stream(stub.base());
        Figures through = stream(gateway.base());
        double p50 = through.p50Millis() - direct.p50Millis();
        double p99 = through.p99Millis() - direct.p99Millis();
        boolean within = p99 < MAX_EVENT_MILLIS;
        out.printf(Locale.ROOT, "%-26s%n", title);
        row("  p50 ms", direct.p50Millis(), through.p50Millis(), p50);
        row("  p99 ms", direct.p99Millis(), through.p99Millis(), p99);
        out.printf(Locale.ROOT, "  p99 below %.0f ms beyond the baseline: %s%n", MAX_EVENT_MILLIS,
                within ? "yes" : "NO");
        document.put(name, Map.of("direct", direct, "gateway", through, "beyond_p50_millis", p50, "beyond_p99_millis",
                p99, "within_" + Math.round(MAX_EVENT_MILLIS) + "_millis", within));
    }

    private Figures stream(URI base) throws IOException {
        byte[] request = Wire.edit(base, GatewayProcess.KEY, padded(10 * KILOBYTE), true);
        long[] nanos = new long[STREAMS];
        try (Wire wire = new Wire(base)) {
            for (int i = 0; i < STREAMS / 2; i++) {
                wire.firstEvent(request);
            }
            long start = System.nanoTime();
            for (int i = 0; i < STREAMS; i++) {
                nanos[i] = wire.firstEvent(request);
            }
            return Figures.of(nanos, (System.nanoTime() - start) / 1e9);
        }
    }

    private void edits(String name, String title, int in, int outBytes) throws Exception {
        stub.answers(Stub.document(padded(outBytes)));
        for (int turn = 0; turn < TURNS; turn++) { // until the JIT compiler of the gateway is done
            crowd(gateway.base(), in);
        }
        ProcessCost.awaitIdleCompilers(gateway.pid());
        crowd(stub.base(), in);
        crowd(relay.base(), in);
        // in turns, so that other load of this machine affects all
        List<Figures> direct = new ArrayList<>();
        List<Figures> relayed = new ArrayList<>();
        List<Figures> through = new ArrayList<>();
        ProcessCost relayCost = new ProcessCost(Map.of(), 0, 0);
        ProcessCost cost = new ProcessCost(Map.of(), 0, 0);
        Duration cpu = Duration.ZERO;
        for (int turn = 0; turn < TURNS; turn++) {
            direct.add(crowd(stub.base(), in));
            Optional<ProcessCost> relayBefore = ProcessCost.of(relay.pid());
            relayed.add(crowd(relay.base(), in));
            relayCost = relayCost.plus(since(relay.pid(), relayBefore));
            Duration before = gateway.cpu();
            Optional<ProcessCost> costBefore = ProcessCost.of(gateway.pid());
            through.add(crowd(gateway.base(), in));
            cost = cost.plus(since(gateway.pid(), costBefore));
            cpu = cpu.plus(gateway.cpu().minus(before));
        }
        Figures least = median(direct);
        Figures most = median(through);
        int edits = through.stream().mapToInt(Figures::count).sum();
        int copies = relayed.stream().mapToInt(Figures::count).sum();
        double cpuMillis = cpu.toNanos() / 1e6 / edits;
        double relayMillis = relayCost.millis().values().stream().mapToDouble(Double::doubleValue).sum() / copies;
        out.printf(Locale.ROOT, "%-26s%n", title);
        row("  requests/s", least.perSecond(), most.perSecond(), Double.NaN);
        row("  requests/s of the relay", least.perSecond(), median(relayed).perSecond(), Double.NaN);
        row("  p50 ms", least.p50Millis(), most.p50Millis(), most.p50Millis() - least.p50Millis());
        row("  p99 ms", least.p99Millis(), most.p99Millis(), most.p99Millis() - least.p99Millis());
        out.printf(Locale.ROOT, "  processor time of each: gateway %.3f ms, relay %.3f ms, ratio %.1f%n", cpuMillis,
                relayMillis, cpuMillis / relayMillis);
        Map<String, Object> perEdit = perEdit(cost, edits);
        out.printf(Locale.ROOT, "  of it in ms: %s%n", perEdit);
        document.put(name, Map.of("direct", least, "relay", median(relayed), "gateway", most,
                "ratio_requests_per_second", most.perSecond() / least.perSecond(), "ratio_p99",
                most.p99Millis() / least.p99Millis(), "gateway_cpu_millis_each", cpuMillis, "relay_cpu_millis_each",
                relayMillis, "gateway_cost_each", perEdit));
    }

    private static ProcessCost since(long pid, Optional<ProcessCost> before) {
        return before.flatMap(earlier -> ProcessCost.of(pid).map(now -> now.since(earlier)))
                .orElseGet(() -> new ProcessCost(Map.of(), 0, 0));
    }

    /** Processor time by kind of thread and system calls, divided by the number of edits. */
    private static Map<String, Object> perEdit(ProcessCost cost, int edits) {
        Map<String, Object> each = new LinkedHashMap<>();
        cost.millis().forEach((kind, millis) -> each.put(kind.name().toLowerCase(Locale.ROOT),
                Math.round(millis / edits * 1000) / 1000.0));
        each.put("read_calls", cost.reads() / edits);
        each.put("write_calls", cost.writes() / edits);
        return each;
    }

    private static Figures median(List<Figures> figures) {
        return figures.stream().sorted(Comparator.comparingDouble(Figures::perSecond)).toList()
                .get(figures.size() / 2);
    }

    /** Runs as many edits as the clients complete in the time. */
    private Figures crowd(URI base, int size) throws Exception {
        return ConcurrentClients.edits(base, padded(size), time.dividedBy(TURNS));
    }

    private void row(String what, double direct, double through, double beyond) {
        out.printf(Locale.ROOT, "%-26s %12.2f %12.2f %8.2f %12s%n", what, direct, through, through / direct,
                Double.isNaN(beyond) ? "" : String.format(Locale.ROOT, "%.2f ms", beyond));
    }

    /** Returns a file of exactly this size; bytes after the end of an image are ignored. */
    private byte[] padded(int size) {
        return Arrays.copyOf(picture, size);
    }

    /** A single-colour image, so that its file is smaller than all sent files. */
    private static byte[] picture() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(PIXELS, PIXELS, BufferedImage.TYPE_INT_RGB), "png", file);
        return file.toByteArray();
    }
}
