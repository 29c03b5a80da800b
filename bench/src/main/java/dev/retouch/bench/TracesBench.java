package dev.retouch.bench;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Measures what traces cost: the processor time of an edit by three gateways in one run. One has no traces, one sends those of all edits to a
 * collector, and the first of all is another gateway without traces, or an earlier build without them. Two equal gateways show how exact the
 * figures are.
 */
final class TracesBench {

    static final String NAME = "traces";

    private static final int WARM_UPS = 3;
    private static final int TURNS = 6;

    private final Path launcher;
    private final byte[] image;
    private final Duration time;
    private final PrintStream out;

    TracesBench(Path launcher, byte[] image, Duration time, PrintStream out) {
        this.launcher = launcher;
        this.image = image;
        this.time = time;
        this.out = out;
    }

    void run(Path target) throws Exception {
        Path baseline = Path.of(System.getProperty("bench.baseline", launcher.toString()));
        String options = System.getProperty("bench.java-opts", "");
        try (Stub stub = new Stub(Stub.document(image));
                Stub collector = new Stub(new Stub.Answer.Document(new byte[0]));
                GatewayProcess first = new GatewayProcess(baseline, stub.base(), options, Map.of());
                GatewayProcess off = new GatewayProcess(launcher, stub.base(), options, Map.of());
                GatewayProcess on = new GatewayProcess(launcher, stub.base(), options, Map.of(
                        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.base() + "/traces"))) {
            Map<String, GatewayProcess> gateways = new LinkedHashMap<>();
            gateways.put("baseline", first);
            gateways.put("off", off);
            gateways.put("on", on);
            Map<String, Double> millis = measure(gateways);
            double offRatio = ratio(millis, "off", "baseline");
            double onRatio = ratio(millis, "on", "off");
            out.printf(Locale.ROOT, "processor time of an edit of 10 KB: %s ms%n", millis);
            out.printf(Locale.ROOT, "off to baseline %.3f, on to off %.3f; the collector got %d requests%n", offRatio,
                    onRatio, collector.requests());
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("processors", Runtime.getRuntime().availableProcessors());
            document.put("load_after", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            document.put("cpu_millis_each", millis);
            document.put("ratio_off_to_baseline", offRatio);
            document.put("ratio_on_to_off", onRatio);
            document.put("collector_requests", collector.requests());
            Files.createDirectories(target.toAbsolutePath().getParent());
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(target.toFile(), document);
        }
    }

    private static double ratio(Map<String, Double> millis, String name, String to) {
        return millis.getOrDefault(name, Double.NaN) / millis.getOrDefault(to, Double.NaN);
    }

    /** Returns the median processor time of an edit of each gateway, in milliseconds. */
    private Map<String, Double> measure(Map<String, GatewayProcess> gateways) throws Exception {
        for (GatewayProcess gateway : gateways.values()) {
            for (int turn = 0; turn < WARM_UPS; turn++) {
                ConcurrentClients.edits(gateway.base(), image, time);
            }
            ProcessCost.awaitIdleCompilers(gateway.pid());
        }
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        for (int turn = 0; turn < TURNS; turn++) { // in turns, so that other load of this machine affects all
            for (Map.Entry<String, GatewayProcess> each : gateways.entrySet()) {
                GatewayProcess gateway = each.getValue();
                Duration before = gateway.cpu();
                Figures figures = ConcurrentClients.edits(gateway.base(), image, time.dividedBy(TURNS));
                millis.computeIfAbsent(each.getKey(), _ -> new ArrayList<>())
                        .add(gateway.cpu().minus(before).toNanos() / 1e6 / figures.count());
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        millis.forEach((name, all) -> medians.put(name, median(all)));
        return medians;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return Math.round((sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2 * 1000) / 1000.0;
    }
}
