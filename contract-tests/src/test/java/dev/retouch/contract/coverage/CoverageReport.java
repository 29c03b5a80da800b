package dev.retouch.contract.coverage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.contract.coverage.Coverage.Standing;
import dev.retouch.contract.coverage.Coverage.State;

/**
 * The coverage as files that people and programs read.
 *
 * @param seen where it comes from
 */
record CoverageReport(Coverage coverage, Seen seen) {

    /** Writes it as a page, as a document and as a text. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.html"), html());
        Files.writeString(folder.resolve("coverage.md"), markdown());
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(folder.resolve("report.json").toFile(), json());
    }

    private Map<String, Object> json() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("counts", new TreeMap<>(seen.counts()));
        for (State state : State.values()) {
            document.put(word(state), coverage.count(state));
        }
        Map<String, Object> items = new LinkedHashMap<>();
        coverage.items().forEach((item, standing) -> items.put(item,
                Map.of("state", word(standing.state()), "because", standing.because())));
        document.put("items", items);
        document.put("exceptions", new TreeMap<>(seen.exceptions()));
        document.put("violations", seen.violations());
        return document;
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# What of the contract is tested\n\n").append(summary()).append("\n\n");
        text.append("| what | tested | excused | missing |\n|---|---|---|---|\n");
        coverage.sections().forEach((name, items) -> text.append("| ").append(name).append(" | ")
                .append(count(items, State.TESTED)).append(" | ").append(count(items, State.EXCUSED)).append(" | ")
                .append(count(items, State.MISSING)).append(" |\n"));
        text.append("\n## Not tested\n\n");
        coverage.items().forEach((item, standing) -> {
            if (standing.state() != State.TESTED) {
                text.append("- `").append(item).append("`: ")
                        .append(standing.because().isEmpty() ? "**no reason**" : standing.because()).append('\n');
            }
        });
        return text.toString();
    }

    private String html() throws IOException {
        StringBuilder sections = new StringBuilder();
        coverage.sections().forEach((name, items) -> {
            boolean complete = count(items, State.TESTED) == items.size();
            sections.append("<details").append(count(items, State.MISSING) > 0 ? " open" : "").append("><summary>")
                    .append(escaped(name)).append(" <span class=\"").append(complete ? "tested" : "partly")
                    .append("\">").append(count(items, State.TESTED)).append(" of ").append(items.size())
                    .append("</span></summary><table>");
            items.forEach((item, standing) -> sections.append("<tr class=\"").append(word(standing.state()))
                    .append("\"><td><code>").append(escaped(item)).append("</code></td><td>")
                    .append(word(standing.state())).append("</td><td>").append(escaped(standing.because()))
                    .append("</td></tr>"));
            sections.append("</table></details>\n");
        });
        StringBuilder exceptions = new StringBuilder();
        new TreeMap<>(seen.exceptions()).forEach((finding, test) -> exceptions.append("<tr><td><code>")
                .append(escaped(finding)).append("</code></td><td>").append(escaped(test)).append("</td></tr>"));
        try (InputStream in = CoverageReport.class.getResourceAsStream("report.html")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("{{summary}}", escaped(summary()))
                    .replace("{{exceptions}}", exceptions).replace("{{sections}}", sections);
        }
    }

    private String summary() {
        StringBuilder text = new StringBuilder();
        text.append(coverage.items().size()).append(" things that the document says; ")
                .append(coverage.count(State.TESTED)).append(" tested, ").append(coverage.count(State.EXCUSED))
                .append(" excused with a reason, ").append(coverage.count(State.MISSING)).append(" missing. ");
        text.append(seen.counts().getOrDefault("exchanges", 0L)).append(" exchanges");
        new TreeMap<>(seen.counts()).forEach((what, count) -> {
            if (!what.equals("exchanges")) {
                text.append(", ").append(count).append(' ').append(what);
            }
        });
        return text.append("; ").append(seen.violations().size()).append(" violations.").toString();
    }

    private static long count(Map<String, Standing> items, State state) {
        return items.values().stream().filter(each -> each.state() == state).count();
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
