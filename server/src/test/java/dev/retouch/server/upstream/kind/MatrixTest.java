package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.pages.WrittenPage;
import dev.retouch.server.upstream.KindTraits;
import dev.retouch.server.upstream.UpstreamDefaults;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.azure.AzureWire;
import dev.retouch.server.upstream.gemini.GeminiWire;
import dev.retouch.server.upstream.kind.KindGateway.Edit;
import dev.retouch.server.upstream.openai.OpenAiWire;
import dev.retouch.server.upstream.openrouter.OpenRouterWire;
import dev.retouch.server.upstream.poll.PollKindsReader;
import dev.retouch.server.upstream.xai.XaiWire;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same requests through every kind: each succeeds, or is refused before money is spent with the reason. Writes the tables of
 * {@code docs/providers.md}.
 */
@Tag("slow")
class MatrixTest {

    private static final WrittenPage PAGE = new WrittenPage("docs/providers.md");

    @TempDir
    private Path folder = Path.of(".");
    private final Map<String, ScriptedVendor> vendors = new LinkedHashMap<>();

    /** A kind with a model of it. */
    private record Row(String kind, String model, KindTraits traits) {}

    private static List<Row> rows() {
        UpstreamDefaults usual = new ConfigurationLoader(Map.of()).load(Optional.empty()).upstream();
        List<Row> rows = new ArrayList<>(List.of(
                new Row("openai", "gpt-image-2",
                        OpenAiWire.traits(UpstreamSettings.usual(URI.create("https://a.example/v1"), usual))),
                new Row("azure", "gpt-image-2", AzureWire.TRAITS),
                new Row("gemini", "gemini-3.1-flash-image", GeminiWire.TRAITS),
                new Row("vertex", "gemini-3.1-flash-image", GeminiWire.VERTEX_TRAITS),
                new Row("openrouter", "gemini-3.1-flash-image", OpenRouterWire.TRAITS),
                new Row("xai", "grok-imagine-image", XaiWire.TRAITS)));
        PollKindsReader.read(null).forEach((name, kind) -> rows.add(new Row(name, "flux-2-pro", kind.traits())));
        return rows;
    }

    private static Map<String, UnaryOperator<Edit>> features() {
        Map<String, UnaryOperator<Edit>> features = new LinkedHashMap<>();
        features.put("two images", Edit::image);
        features.put("mask", Edit::mask);
        features.put("mask, strict", edit -> edit.mask().with("mask_mode", "strict"));
        features.put("n=2", edit -> edit.with("n", "2"));
        features.put("size=1536x1024", edit -> edit.with("size", "1536x1024"));
        features.put("output_format=webp", edit -> edit.with("output_format", "webp"));
        features.put("stream", edit -> edit.with("stream", "true"));
        UnaryOperator<Edit> all = edit -> {
            Edit whole = edit;
            for (UnaryOperator<Edit> feature : List.copyOf(features.values())) {
                whole = feature.apply(whole);
            }
            return whole;
        };
        Map<String, UnaryOperator<Edit>> columns = new LinkedHashMap<>(features);
        columns.put("all of them", all);
        return columns;
    }

    @Test
    void eachKindRunsTheRequestOrRefusesItBeforeMoneyIsSpent() throws IOException {
        start();
        StringBuilder table = new StringBuilder("| kind | " + String.join(" | ", features().keySet()) + " |\n|---"
                + "|---".repeat(features().size()) + "|\n");
        try (MockUpstream mock = MockUpstream.start(MockOptions.defaults().withKey(ScriptedVendor.KEY)
                .withFolder(Files.createDirectories(folder.resolve("mock"))));
                KindGateway gateway = gateway(mock.baseUrl())) {
            for (Row row : rows()) {
                gateway.useOnly(row.kind());
                table.append("| `").append(row.kind()).append("` ");
                for (Map.Entry<String, UnaryOperator<Edit>> feature : features().entrySet()) {
                    table.append("| ").append(outcome(gateway, row, feature.getKey(),
                            feature.getValue().apply(new Edit(row.model()).image()))).append(' ');
                }
                table.append("|\n");
            }
        } finally {
            vendors.values().forEach(ScriptedVendor::close);
        }
        PAGE.hasBetween("<!-- matrix: begin -->", "<!-- matrix: end -->", "\n" + table + "\n");
        PAGE.hasBetween("<!-- traits: begin -->", "<!-- traits: end -->", "\n" + traits() + "\n");
    }

    private String outcome(KindGateway gateway, Row row, String feature, Edit edit) {
        ScriptedVendor vendor = vendors.get(row.kind().equals("vertex") ? "gemini" : row.kind());
        int before = vendor == null ? 0 : vendor.posted().size();
        HttpResponse<String> response = gateway.send(edit);
        int sent = vendor == null ? 0 : vendor.posted().size() - before;
        String warning = header(response, "x-retouch-warning");
        if (response.statusCode() == 400) {
            assertThat(sent).as("nothing was sent").isZero();
            assertThat(gateway.admin("edits?limit=100").toString())
                    .doesNotContain(header(response, "x-request-id"));
            String parameter = gateway.parsed(response).at("/error/param").asText();
            assertThat(parameter).as(response.body()).isNotEmpty();
            return "400 `" + parameter + "`";
        }
        assertThat(response.statusCode()).as(row.kind() + " " + feature + ": " + response.body()).isEqualTo(200);
        if (feature.equals("mask, strict") && warning.contains("around the mask")) {
            return "the part around it";
        }
        if (feature.startsWith("size") && warning.contains("nearest shape")) {
            return "nearest shape";
        }
        if (feature.startsWith("output_format") && warning.contains("converts its results")) {
            return "converted";
        }
        if (sent > 1) {
            return sent + " requests";
        }
        if (feature.equals("stream")) {
            assertThat(response.body()).contains("event: image_edit.completed");
            return row.traits().streams() ? "yes" : "from the document";
        }
        return "yes";
    }

    private static String traits() {
        StringBuilder table = new StringBuilder(
                "| kind | request | key | URL of an edit | mask: what may change | size | `n` | result | input | output "
                        + "| images | cost |\n|---|---|---|---|---|---|---|---|---|---|--:|---|\n");
        for (Row row : rows()) {
            KindTraits traits = row.traits();
            table.append("| `%s` | %s | `%s` | `%s` | %s | %s | %s | %s, %s | %s | %s | %s | %s |%n".formatted(
                    row.kind(),
                    traits.request(), traits.auth().strip(), traits.url(), word(traits.mask()), word(traits.size()),
                    word(traits.count()), word(traits.flow()), word(traits.result()),
                    String.join(" ", new TreeSet<>(traits.inputs())),
                    traits.outputs() == null ? "its choice" : String.join(" ", new TreeSet<>(traits.outputs())),
                    traits.maxImages() == 0 ? "by model" : traits.maxImages(), word(traits.cost())));
        }
        return table.toString();
    }

    private static String word(Enum<?> trait) {
        return trait.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void start() throws IOException {
        vendors.put("azure", new AzureVendor());
        vendors.put("gemini", new GeminiVendor());
        vendors.put("openrouter", new OpenRouterVendor());
        vendors.put("xai", new XaiVendor());
        vendors.put("bfl", new BflVendor());
        vendors.put("fal", new FalVendor());
        vendors.put("replicate", new ReplicateVendor());
    }

    private URI at(String vendor) {
        ScriptedVendor started = vendors.get(vendor);
        if (started == null) {
            throw new IllegalArgumentException(vendor);
        }
        return started.base();
    }

    private KindGateway gateway(URI mock) throws IOException {
        Path kinds = Files.writeString(folder.resolve("kinds.yaml"), """
                bfl: {poll: {every: 20ms}}
                fal: {poll: {every: 20ms}}
                replicate: {poll: {every: 20ms}}
                """);
        List<String> ports = vendors.values().stream().filter(PollVendor.class::isInstance)
                .map(vendor -> String.valueOf(((PollVendor) vendor).delivery().base().getPort())).toList();
        return new KindGateway(folder, """
                openai: {url: %s, key-env: VENDOR_KEY}
                azure: {kind: azure, url: %s, deployments: {gpt-image-2: my-deployment}, key-env: VENDOR_KEY}
                gemini: {kind: gemini, url: %s/v1beta, key-env: VENDOR_KEY}
                vertex: {kind: vertex, url: %s/v1, key-env: VENDOR_KEY}
                openrouter: {kind: openrouter, url: %s/api/v1, key-env: VENDOR_KEY}
                xai: {kind: xai, url: %s/v1, key-env: VENDOR_KEY}
                bfl: {kind: bfl, url: %s/v1, key-env: VENDOR_KEY}
                fal: {kind: fal, url: '%s', key-env: VENDOR_KEY}
                replicate: {kind: replicate, url: %s/v1, key-env: VENDOR_KEY}
                """.formatted(mock, at("azure"), at("gemini"), at("gemini"), at("openrouter"), at("xai"), at("bfl"),
                at("fal"), at("replicate")), "RETOUCH_UPSTREAM_KINDS_FILE", kinds.toString(), "RETOUCH_FETCH_PORTS",
                String.join(",", ports));
    }
}
