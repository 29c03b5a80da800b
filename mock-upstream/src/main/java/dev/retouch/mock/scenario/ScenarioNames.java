package dev.retouch.mock.scenario;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import dev.retouch.mock.scenario.Scenario.ChangedOutside;
import dev.retouch.mock.scenario.Scenario.CutStream;
import dev.retouch.mock.scenario.Scenario.Delay;
import dev.retouch.mock.scenario.Scenario.FewerImages;
import dev.retouch.mock.scenario.Scenario.Flag;
import dev.retouch.mock.scenario.Scenario.LargeAnswer;
import dev.retouch.mock.scenario.Scenario.MalformedSse;
import dev.retouch.mock.scenario.Scenario.MissingUsage;
import dev.retouch.mock.scenario.Scenario.ModerationBlocked;
import dev.retouch.mock.scenario.Scenario.Reset;
import dev.retouch.mock.scenario.Scenario.Status;
import dev.retouch.mock.scenario.Scenario.Truncate;

/**
 * The names and settings of scenarios on the wire.
 *
 * <p>Written {@code name; key=value; key="value with ; or ,"}, several separated by commas, for example
 * {@code delay; ms=200, status; code=503; header.retry-after=2; body="{\"oops\":1}"}.
 */
public final class ScenarioNames {

    private static final int MAX_EVENTS = 1000;

    private ScenarioNames() {}

    /** The names, for the message of a refusal and for the help. */
    public static List<String> all() {
        return List.of("delay", "status", "rate-limit", "reset", "truncate", "malformed-sse", "cut-stream",
                "missing-usage", "fewer-images", "changed-outside", "moderation-blocked", "large-answer", "flag");
    }

    /** Scenarios from a header or from the text form of the control endpoint. */
    public static List<Scenario> parse(String text) {
        return new ScenarioText(text).entries().stream().map(entry -> of(entry.name(), entry.settings())).toList();
    }

    /** One scenario by its name and settings. */
    public static Scenario of(String name, Map<String, String> values) {
        Settings settings = new Settings(name, values);
        Scenario scenario = switch (name) {
            case "delay" -> delay(settings);
            case "status" -> status(settings, settings.number("code", 200, 599, 500));
            case "rate-limit" -> status(settings, 429);
            case "reset" -> new Reset();
            case "truncate" -> new Truncate(settings.number("after", 0, Long.MAX_VALUE));
            case "malformed-sse" -> new MalformedSse(settings.number("at", 0, MAX_EVENTS, 0));
            case "cut-stream" -> new CutStream(settings.number("after", 0, MAX_EVENTS, 1));
            case "missing-usage" -> new MissingUsage();
            case "fewer-images" -> new FewerImages(settings.number("by", 1, 10, 1));
            case "changed-outside" -> new ChangedOutside();
            case "moderation-blocked" -> new ModerationBlocked();
            case "large-answer" -> new LargeAnswer(settings.number("mb", 1, 1024, 50));
            case "flag" -> new Flag(settings.text("containing"), settings.text("sha256"),
                    settings.text("category").orElse("violence"));
            default -> throw new UnknownScenarioException("Unknown scenario: '" + name + "'. Known scenarios are: "
                    + String.join(", ", all()) + ".");
        };
        settings.refuseLeftovers();
        return scenario;
    }

    private static Scenario delay(Settings settings) {
        return new Delay(settings.milliseconds("ms"), settings.milliseconds("between"));
    }

    private static Scenario status(Settings settings, int code) {
        Map<String, String> headers = new LinkedHashMap<>(settings.withPrefix("header."));
        // short form for a common header
        OptionalLong retryAfter = settings.number("retry-after", 0, 86_400);
        retryAfter.ifPresent(seconds -> headers.put("retry-after", Long.toString(seconds)));
        if (code == 429 && retryAfter.isEmpty()) {
            headers.putIfAbsent("retry-after", "1");
        }
        return new Status(code, settings.text("body"), settings.text("content-type").orElse("application/json"),
                headers);
    }

    /** How a scenario is written; {@link #parse} reads it back. */
    public static String describe(Scenario scenario) {
        return switch (scenario) {
            case Delay(Duration before, Duration between) -> "delay; ms=" + before.toMillis()
                    + (between.isZero() ? "" : "; between=" + between.toMillis());
            case Status(int code, Optional<String> body, String contentType, Map<String, String> headers) ->
                "status; code="
                        + code + body.map(text -> "; body=" + ScenarioText.quote(text)).orElse("")
                        + (contentType.equals("application/json")
                                ? ""
                                : "; content-type=" + ScenarioText.quote(contentType))
                        + headers.entrySet().stream().sorted(Map.Entry.comparingByKey())
                                .map(header -> "; header." + header.getKey() + "="
                                        + ScenarioText.quote(header.getValue()))
                                .reduce("", String::concat);
            case Reset() -> "reset";
            case Truncate(OptionalLong after) -> "truncate" + (after.isPresent() ? "; after=" + after.getAsLong() : "");
            case MalformedSse(int at) -> "malformed-sse; at=" + at;
            case CutStream(int after) -> "cut-stream; after=" + after;
            case MissingUsage() -> "missing-usage";
            case FewerImages(int missing) -> "fewer-images; by=" + missing;
            case ChangedOutside() -> "changed-outside";
            case ModerationBlocked() -> "moderation-blocked";
            case LargeAnswer(int megabytes) -> "large-answer; mb=" + megabytes;
            case Flag(Optional<String> containing, Optional<String> sha256, String category) -> "flag"
                    + containing.map(text -> "; containing=" + ScenarioText.quote(text)).orElse("")
                    + sha256.map(text -> "; sha256=" + text).orElse("") + "; category=" + ScenarioText.quote(category);
        };
    }
}
