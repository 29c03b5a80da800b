package dev.retouch.contract.conformance.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.retouch.contract.conformance.report.Report.Facts;
import dev.retouch.contract.conformance.report.Report.Row;
import dev.retouch.contract.conformance.report.Shown.ShownAnswer;
import dev.retouch.contract.conformance.report.Shown.ShownCase;
import dev.retouch.contract.conformance.report.Shown.ShownImage;
import dev.retouch.contract.conformance.run.Outcome.State;
import dev.retouch.contract.conformance.wire.Target;

/** The report for people: one page that needs nothing but itself, and no script. */
final class HtmlReport {

    private static final DateTimeFormatter MOMENT = DateTimeFormatter
            .ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Target target;
    private final Facts facts;
    private final long seconds;
    private final List<Row> rows;
    private final List<ShownCase> cases;
    private final Html html = new Html();
    /** Many cases send the same files, so each picture is in the page once, as a CSS class. */
    private final Map<String, String> sentPictures = new LinkedHashMap<>();

    HtmlReport(Target target, Facts facts, long seconds, List<Row> rows, List<ShownCase> cases) {
        this.target = target;
        this.facts = facts;
        this.seconds = seconds;
        this.rows = rows;
        this.cases = cases;
        cases.stream().flatMap(each -> each.request().files().stream())
                .forEach(file -> file.thumbnail().ifPresent(url -> sentPictures.putIfAbsent(url, "sent-" + sentPictures
                        .size())));
    }

    String text() {
        html.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                // even if markup slipped through, it could neither run nor load anything
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
        html.text("Conformance of " + target.base().getAuthority()).raw("</title><style>\n" + resource() + styles()
                + "</style></head><body><main>");
        head();
        table();
        for (Row row : rows) {
            section(row);
        }
        html.raw("<footer>").text("retouch-conformance " + facts.version() + ", contract " + facts.contract()
                + ". Keys are taken out, signatures of links and long values shortened.")
                .raw("</footer></main></body></html>\n");
        return html.toString();
    }

    private String styles() {
        return sentPictures.entrySet().stream().map(picture -> "." + picture.getValue() + "{--picture:url("
                + picture.getKey() + ")}\n").collect(Collectors.joining());
    }

    private void head() {
        long passed = count(State.PASSED);
        long differs = count(State.DIFFERS);
        long notRun = count(State.NOT_RUN);
        html.raw("<header><p class=\"kind\">Image-edits conformance</p><h1>").text(target.base().toString())
                .raw("</h1><p class=\"when\">").text(MOMENT.format(facts.started()) + " · " + seconds + " s · "
                        + (facts.paid() ? "with paid cases" : "without paid cases")
                        + (facts.heavy() ? " · with large uploads" : ""))
                .raw("</p><div class=\"counts\">");
        number("passed", passed, "passed");
        number("differs", differs, differs == 1 ? "differs" : "differ");
        number("not-run", notRun, "not run");
        html.raw("</div><p class=\"verdict\">").text(verdict(passed, differs, notRun)).raw("</p><p class=\"cost\">")
                .text(facts.estimate()).raw("</p></header>");
    }

    private static String verdict(long passed, long differs, long notRun) {
        if (differs > 0) {
            return differs + " of " + (passed + differs)
                    + " cases that ran got another answer than a compatible endpoint gives.";
        }
        return passed == 0
                ? "Nothing was run."
                : "Every case that ran got the answer of a compatible endpoint"
                        + (notRun > 0 ? "; " + notRun + " were not run." : ".");
    }

    private void number(String style, long count, String what) {
        html.raw("<div class=\"" + (count == 0 ? "none" : style) + "\"><b>").text(String.valueOf(count))
                .raw("</b><span>").text(what)
                .raw("</span></div>");
    }

    private void table() {
        html.raw(
                "<table class=\"rows\"><thead><tr><th>Row</th><th class=\"what\">What it is</th><th>Passed</th><th>Differs</th>"
                        + "<th>Not run</th><th class=\"share\"><span>Share</span></th></tr></thead><tbody>");
        for (Row row : rows) {
            html.raw("<tr><th><a href=\"#" + anchor(row.name()) + "\">").text(row.name())
                    .raw("</a></th><td class=\"what\">")
                    .text(row.title()).raw("</td>");
            cell("passed", row.passed());
            cell("differs", row.differs());
            cell("not-run", row.notRun());
            html.raw("<td class=\"share\"><span class=\"bar\">");
            part("passed", row.passed());
            part("differs", row.differs());
            part("not-run", row.notRun());
            html.raw("</span></td></tr>");
        }
        html.raw("</tbody></table>");
    }

    private void cell(String style, int count) {
        html.raw("<td class=\"number " + (count == 0 ? "none" : style) + "\">" + count + "</td>");
    }

    private void part(String style, int count) {
        if (count > 0) {
            html.raw("<i class=\"" + style + "\" style=\"flex-grow:" + count + "\"></i>");
        }
    }

    private void section(Row row) {
        html.raw("<section id=\"" + anchor(row.name()) + "\"><h2><span>").text(row.name()).raw("</span> ")
                .text(row.title())
                .raw("</h2>");
        cases.stream().filter(each -> each.row().equals(row.name())).forEach(this::one);
        html.raw("</section>");
    }

    private void one(ShownCase each) {
        String style = each.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
        html.raw("<details class=\"case " + style + "\"" + (each.state() == State.DIFFERS ? " open" : "")
                + "><summary><b>")
                .text(each.state().words()).raw("</b><span class=\"name\">").text(each.name())
                .raw("</span><span class=\"shows\">").text(each.shows()).raw("</span>");
        if (each.paid()) {
            html.raw("<em>paid</em>");
        }
        if (each.state() != State.NOT_RUN) {
            html.raw("<span class=\"took\">").text(each.milliseconds() + " ms").raw("</span>");
        }
        html.raw("</summary><div class=\"inside\">");
        each.reason()
                .ifPresent(reason -> html.raw("<p class=\"reason\">").text("Not run: " + reason + ".").raw("</p>"));
        if (!each.differences().isEmpty()) {
            html.raw("<ul class=\"differences\">");
            each.differences()
                    .forEach(difference -> html.raw("<li><b>").text(difference.what()).raw("</b>: expected <code>")
                            .text(difference.expected()).raw("</code>, got <code>").text(difference.got())
                            .raw("</code></li>"));
            html.raw("</ul>");
        }
        each.notes().forEach(note -> html.raw("<p class=\"note\">").text(note).raw("</p>"));
        html.raw("<div class=\"sides\"><div><h3>Request</h3><pre>").text(each.request().curl()).raw("</pre>");
        images(each.request().files(), true);
        html.raw("</div><div>");
        each.answer().ifPresent(this::answer);
        html.raw("</div></div>");
        if (!each.rules().isEmpty()) {
            html.raw("<p class=\"rules\">").text("Rules: " + String.join(", ", each.rules())).raw("</p>");
        }
        html.raw("</div></details>");
    }

    private void answer(ShownAnswer answer) {
        html.raw("<h3>Answer <code>").text(String.valueOf(answer.status())).raw("</code></h3>");
        images(answer.images(), false);
        html.raw("<pre>").text(answer.body()).raw("</pre><details class=\"headers\"><summary>")
                .text(answer.headers().size() + " headers, " + answer.bytes() + " bytes").raw("</summary><pre>")
                .text(String.join("\n", answer.headers())).raw("</pre></details>");
    }

    private void images(List<ShownImage> images, boolean sent) {
        if (images.isEmpty()) {
            return;
        }
        html.raw("<div class=\"images\">");
        for (ShownImage image : images) {
            html.raw("<figure>");
            image.thumbnail().ifPresent(url -> {
                if (sent) {
                    html.raw("<i class=\"picture " + Objects.requireNonNull(sentPictures.get(url)) + "\"></i>");
                } else {
                    html.raw("<img src=\"" + url + "\" alt=\"\">");
                }
            });
            html.raw("<figcaption><b>").text(image.label()).raw("</b> ").text(image.facts())
                    .raw("</figcaption></figure>");
        }
        html.raw("</div>");
    }

    private long count(State state) {
        return cases.stream().filter(each -> each.state() == state).count();
    }

    private static String anchor(String row) {
        return "row-" + row.replaceAll("[^A-Za-z0-9-]", "-");
    }

    private static String resource() {
        try (InputStream in = HtmlReport.class.getResourceAsStream("/dev/retouch/contract/conformance/report.css")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
