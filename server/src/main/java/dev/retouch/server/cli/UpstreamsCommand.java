package dev.retouch.server.cli;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.config.Configuration;

/** {@code retouch upstreams}: the upstreams of a running gateway, which has their keys and its own way to them. */
@Command(name = "upstreams", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = {
        "List and test the upstreams of a running gateway.", "Needs RETOUCH_ADMIN_TOKEN."})
final class UpstreamsCommand {

    private static final String GATEWAY = "The running gateway, such as http://127.0.0.1:8080. Default: that of the settings on this machine.";
    private static final Duration LONGEST_TEST = Duration.ofMinutes(15);

    @Command(name = "list", description = "List the upstreams with their state.")
    int list(@Mixin CommandOptions options,
            @Option(names = "--gateway", paramLabel = "URL", description = GATEWAY) @Nullable URI gateway) {
        JsonNode upstreams = client(options, gateway).get("upstreams");
        return options.print(upstreams, () -> {
            TextTable table = new TextTable().leftAligned("NAME").leftAligned("STATE").rightAligned("PRIORITY")
                    .rightAligned("WEIGHT").rightAligned("IN FLIGHT").leftAligned("LAST FAILURE");
            upstreams.path("data")
                    .forEach(each -> table.row(List.of(each.path("name").asText(), each.path("state").asText(),
                            each.path("priority").asText(), each.path("weight").asText(),
                            each.path("in_flight").asText(), each.at("/last_failure/outcome").asText("none"))));
            return table.text();
        });
    }

    @Command(name = "test", description = {
            "Test an upstream. Without --edit the test is free: it connects and checks the gateway's key.",
            "With --edit it edits a small image, at the price that it prints without --accept-price.",
            "The exit code is 0 unless the test failed."})
    int test(@Mixin CommandOptions options,
            @Parameters(paramLabel = "NAME", description = "The name of the upstream.") String name,
            @Option(names = "--edit", description = "Edit a small image; the provider charges it.") boolean edit,
            @Option(names = "--model", paramLabel = "M", description = "The model of the edit. Default: the cheapest one.") @Nullable String model,
            @Option(names = "--accept-price", paramLabel = "AMOUNT", description = "Run the edit if it costs at most so much.") @Nullable String price,
            @Option(names = "--gateway", paramLabel = "URL", description = GATEWAY) @Nullable URI gateway) {
        if (!edit && (model != null || price != null)) {
            throw new CommandException("--model and --accept-price need --edit");
        }
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("kind", edit ? "edit" : "check");
        if (model != null) {
            request.put("model", model);
        }
        if (price != null) {
            request.put("accept_price", price.strip());
        }
        JsonNode result = client(options, gateway).post(
                "upstreams/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20") + "/test", request,
                LONGEST_TEST);
        options.print(result, () -> sentence(result) + "\n");
        return result.path("result").asText().equals("failed") ? RetouchCommand.CANNOT : 0;
    }

    private static AdminClient client(CommandOptions options, @Nullable URI gateway) {
        Configuration configuration = options.configuration();
        return new AdminClient(gateway == null ? LocalGateway.address(configuration) : gateway,
                configuration.adminToken(), "retouch upstreams");
    }

    private static String sentence(JsonNode test) {
        String name = test.path("upstream").asText();
        String time = test.has("duration_ms") ? " in " + test.path("duration_ms").asText() + " ms" : "";
        String status = test.has("status") ? " (status " + test.path("status").asText() + ")" : "";
        String price = test.has("price")
                ? test.path("model").asText() + ", " + test.at("/price/minimum").asText() + " to "
                        + test.at("/price/maximum").asText() + " " + test.at("/price/currency").asText()
                : "";
        return switch (test.path("result").asText()) {
            case "quoted" -> name + ": the edit would cost " + price + ". To run it: --accept-price "
                    + test.at("/price/maximum").asText();
            case "passed" -> name + (test.has("price")
                    ? " returned an edited image" + time + ": " + price + "."
                    : " accepted the key" + status + time + ".");
            case "reached" ->
                name + " answered" + status + time + ". It has no free request that shows if the key is valid.";
            default -> name + " failed" + status + time + ": " + test.path("outcome").asText()
                    + (test.has("message") ? ". It said: " + test.path("message").asText() : "");
        };
    }
}
