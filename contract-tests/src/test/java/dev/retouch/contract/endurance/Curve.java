package dev.retouch.contract.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What a process used over time, as a table and as a picture. */
final class Curve {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 110;
    private static final int LEFT = 150;
    private static final int TOP = 24;
    private static final int ROW = HEIGHT + TOP;

    /**
     * What it used at one moment.
     *
     * @param seconds since the load began
     * @param heap megabytes after a garbage collection
     * @param direct megabytes of direct buffers
     * @param resident megabytes of the process
     * @param files open files, connections included
     * @param active edits that have begun and not ended
     * @param held amount of holds
     */
    record Sample(double seconds, double heap, double direct, double resident, double files, double active,
            double held) {}

    private record Line(String label, ToDoubleFunction<Sample> value) {}

    private static final List<Line> LINES = List.of(new Line("heap after collection, MB", Sample::heap),
            new Line("direct buffers, MB", Sample::direct), new Line("resident memory, MB", Sample::resident),
            new Line("open files", Sample::files), new Line("active edits", Sample::active),
            new Line("held amount", Sample::held));

    private final List<Sample> samples = new ArrayList<>();

    void add(Sample sample) {
        samples.add(sample);
    }

    /** The median of the samples from a part of the time to another, such as from .5 to 1. */
    double median(ToDoubleFunction<Sample> value, double from, double to) {
        double[] sorted = samples.subList((int) (samples.size() * from), (int) (samples.size() * to)).stream()
                .mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Writes {@code NAME.csv} and {@code NAME.svg}. */
    void write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        StringBuilder table = new StringBuilder("seconds,heap_mb,direct_mb,resident_mb,files,active,held\n");
        for (Sample sample : samples) {
            table.append(String.format(Locale.ROOT, "%.0f,%.1f,%.1f,%.1f,%.0f,%.0f,%.4f%n", sample.seconds(),
                    sample.heap(), sample.direct(), sample.resident(), sample.files(), sample.active(),
                    sample.held()));
        }
        Files.writeString(folder.resolve(name + ".csv"), table);
        Files.writeString(folder.resolve(name + ".svg"), picture());
    }

    private String picture() {
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n",
                LEFT + WIDTH + 20, LINES.size() * ROW + TOP + 16));
        double seconds = samples.getLast().seconds();
        for (int row = 0; row < LINES.size(); row++) {
            append(svg, LINES.get(row), TOP + row * ROW, seconds);
        }
        svg.append(
                String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f seconds</text>%n</svg>%n",
                        LEFT + WIDTH, LINES.size() * ROW + TOP + 8, seconds));
        return svg.toString();
    }

    private void append(StringBuilder svg, Line line, int top, double seconds) {
        double max = samples.stream().mapToDouble(line.value()).max().orElse(0);
        double scale = max == 0 ? 0 : HEIGHT / max;
        svg.append(String.format(Locale.ROOT,
                "<text x=\"8\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#666\">%.4g</text>%n"
                        + "<path d=\"M%d %dv%dh%d\" fill=\"none\" stroke=\"#bbb\"/>%n<polyline fill=\"none\" stroke=\"#1d6fd1\" points=\"",
                top + HEIGHT / 2, line.label(), LEFT - 6, top + 10, max, LEFT, top, HEIGHT, WIDTH));
        for (Sample sample : samples) {
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", LEFT + WIDTH * sample.seconds() / seconds,
                    top + HEIGHT - line.value().applyAsDouble(sample) * scale));
        }
        svg.append("\"/>\n");
    }
}
