package dev.retouch.server.pages;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Draws the figure of the README from the table of steps in {@code docs/architecture.md}. */
class FlowFigureTest {

    private static final WrittenPage ARCHITECTURE = new WrittenPage("docs/architecture.md");
    private static final Pattern ROW = Pattern
            .compile("(?m)^\\| (?<step>[^|]+) \\| `(?<type>\\w+)` \\| (?<what>[^|]+) \\| (?<statuses>[0-9 ]*)\\|$");
    private static final int TOP = 54;
    private static final int HEIGHT = 46;
    private static final int PITCH = 60;
    /** What a step uses beside the process: name, explanation. */
    private static final Map<String, List<String>> NEIGHBORS = Map.of(
            "read the body", List.of("spool", "memory, then files"),
            "hold the money", List.of("database", "SQLite or PostgreSQL"),
            "dispatch", List.of("upstream", "a provider, or the sandbox"));

    private record Step(String name, String type, String what, String statuses) {}

    @Test
    void figureShowsStepsOfArchitecturePage() throws IOException {
        List<Step> steps = ROW.matcher(ARCHITECTURE.between("<!-- flow: begin -->", "<!-- flow: end -->")).results()
                .map(row -> new Step(row.group(1), row.group(2), row.group(3), row.group(4).strip())).toList();
        assertThat(steps).hasSizeGreaterThan(8);
        assertThat(steps.stream().map(Step::name)).containsAll(NEIGHBORS.keySet());
        new WrittenPage("docs/pictures/flow.svg").is(figure(steps));
    }

    /** Statuses in the table are those that the pipeline's own comment lists for an edit. */
    @Test
    void stepsRefuseWithStatusesOfContract() throws IOException {
        Matcher row = ROW.matcher(ARCHITECTURE.between("<!-- flow: begin -->", "<!-- flow: end -->"));
        while (row.find()) {
            assertThat(row.group("statuses").strip()).as(row.group("step"))
                    .matches("|(400|401|403|404|408|413|415|429|502|503|504)( \\d{3})*");
        }
    }

    private static String figure(List<Step> steps) {
        int bottom = TOP + steps.size() * PITCH;
        StringBuilder svg = new StringBuilder();
        svg.append(
                """
                        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 980 %d" font-family="system-ui, sans-serif" role="img" aria-label="Steps of an edit">
                        <!-- written by FlowFigureTest from the table in docs/architecture.md -->
                        <rect width="100%%" height="100%%" fill="#fbfaf8"/>
                        <defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#5b6776"/></marker></defs>
                        <rect x="200" y="14" width="560" height="%d" rx="10" fill="#f3f0ea" stroke="#e3e6ea"/>
                        """
                        .formatted(bottom + 20, bottom - 4));
        text(svg, 480, 38, 17, "#1f2a37", "middle", "Retouch");
        box(svg, 20, TOP, 140, "client", "SDK, curl, browser");
        arrow(svg, "M160 %d H214".formatted(middle(0)));
        for (int i = 0; i < steps.size(); i++) {
            step(svg, steps.get(i), TOP + i * PITCH);
            if (i + 1 < steps.size()) {
                arrow(svg, "M480 %d V%d".formatted(TOP + i * PITCH + HEIGHT, TOP + (i + 1) * PITCH - 1));
            }
            List<String> neighbor = NEIGHBORS.get(steps.get(i).name());
            if (neighbor != null) {
                box(svg, 800, TOP + i * PITCH, 160, neighbor.get(0), neighbor.get(1));
                arrow(svg, "M744 %d H798".formatted(middle(i)));
            }
        }
        arrow(svg, "M216 %d H90 V%d".formatted(middle(steps.size() - 1), TOP + HEIGHT + 2));
        text(svg, 26, middle(steps.size() - 1) + 18, 12, "#5b6776", "start", "images, links, events");
        return svg.append("</svg>\n").toString();
    }

    private static void step(StringBuilder svg, Step step, int y) {
        rect(svg, 216, y, 528);
        text(svg, 230, y + 20, 15, "#1f2a37", "start", step.name());
        text(svg, 230, y + 38, 12, "#5b6776", "start", step.what());
        text(svg, 730, y + 20, 12, "#b93f52", "end", step.type());
        text(svg, 730, y + 38, 11, "#8a94a1", "end", step.statuses());
    }

    private static void box(StringBuilder svg, int x, int y, int width, String name, String what) {
        rect(svg, x, y, width);
        text(svg, x + width / 2, y + 20, 15, "#1f2a37", "middle", name);
        text(svg, x + width / 2, y + 37, 11, "#5b6776", "middle", what);
    }

    private static void rect(StringBuilder svg, int x, int y, int width) {
        svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#fff\" stroke=\"#c9d1da\"/>%n"
                .formatted(x, y, width, HEIGHT));
    }

    private static void text(StringBuilder svg, int x, int y, int size, String color, String anchor, String text) {
        String weight = size >= 15 ? "600" : "400";
        svg.append(
                "<text x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"%s\" font-weight=\"%s\" text-anchor=\"%s\">%s</text>%n"
                        .formatted(x, y, size, color, weight, anchor, text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private static void arrow(StringBuilder svg, String path) {
        svg.append("<path d=\"%s\" stroke=\"#5b6776\" stroke-width=\"2\" fill=\"none\" marker-end=\"url(#a)\"/>%n"
                .formatted(path));
    }

    private static int middle(int step) {
        return TOP + step * PITCH + HEIGHT / 2;
    }
}
