package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.Handling;
import dev.retouch.server.model.ModelEntry.ParameterRule;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.model.ValueList;
import dev.retouch.server.policy.UnknownParameters;

/** Holds a request against its model's entry in the registry. The first rule that it breaks is told. */
public final class EditRules {

    private static final String RESPONSE_FORMAT = "response_format";

    private final ModelRegistry registry;
    private final String defaultModel;
    private final Map<String, String> documentedDefaults;
    private final UnknownParameters unknownParameters;

    /**
     * The rules.
     *
     * @param registry the models
     * @param defaultModel the model of a request that names none
     * @param documentedDefaults the contract's defaults: such a value asks for nothing, so any model takes it
     * @param unknownParameters what is done with parameters that the contract does not know
     */
    public EditRules(ModelRegistry registry, String defaultModel, Map<String, String> documentedDefaults,
            UnknownParameters unknownParameters) {
        this.unknownParameters = unknownParameters;
        this.registry = registry;
        this.defaultModel = defaultModel;
        this.documentedDefaults = Map.copyOf(documentedDefaults);
    }

    /** What will be done for a request. */
    public EditPlan plan(EditRequest request) {
        String model = request.model().orElse(defaultModel);
        ModelEntry entry = registry.find(model).orElseThrow(
                () -> new ApiException(ErrorMessage.MODEL_DOES_NOT_EXIST).with("model", model));
        String prompt = prompt(request.prompt(), entry);
        Map<String, String> forwarded = new LinkedHashMap<>();
        Map<String, String> served = new LinkedHashMap<>();
        List<String> dropped = new ArrayList<>();
        request.parameters().forEach((name, value) -> {
            if (name.equals("size")) {
                forwarded.put(name, size(value, entry));
                return;
            }
            ParameterRule rule = entry.parameters().get(name);
            if (rule == null) {
                refuseUnlessNeutral(model, name, value);
                return;
            }
            Handling handling = rule.handlingOrForward();
            String checked = checked(name, value, rule);
            switch (handling) {
                case FORWARD -> forwarded.put(name, checked);
                case SERVE -> served.put(name, checked);
                case DROP -> dropped.add(name);
            }
        });
        unknownParameters(request.unknown(), forwarded, dropped);
        refuseContradictions(forwarded);
        boolean streamed = "true".equals(forwarded.get("stream"));
        boolean links = "url".equals(served.getOrDefault(RESPONSE_FORMAT, defaultOf(entry, RESPONSE_FORMAT)));
        if (streamed && served.containsKey(RESPONSE_FORMAT) && links) {
            dropped.add(RESPONSE_FORMAT); // events always carry the image itself
        }
        String upstreamName = entry.upstreamName();
        String id = registry.idOf(model);
        return new EditPlan(id, upstreamName == null ? id : upstreamName, entry, prompt, forwarded,
                dropped, streamed, links);
    }

    private void unknownParameters(Map<String, String> unknown, Map<String, String> forwarded, List<String> dropped) {
        unknown.forEach((name, value) -> {
            switch (unknownParameters) {
                case REFUSE -> throw new ApiException(ErrorMessage.PARAMETER_IS_UNKNOWN, name);
                case IGNORE -> dropped.add(name);
                case FORWARD -> forwarded.put(name, value);
            }
        });
    }

    private static String prompt(Optional<String> given, ModelEntry entry) {
        String prompt = given.orElseThrow(() -> new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "prompt"));
        if (prompt.isEmpty()) {
            throw new ApiException(ErrorMessage.STRING_IS_EMPTY, "prompt");
        }
        int length = prompt.codePointCount(0, prompt.length());
        if (length > entry.prompt()) {
            throw new ApiException(ErrorMessage.STRING_IS_TOO_LONG, "prompt").with("maximum", entry.prompt())
                    .with("length", length);
        }
        return prompt;
    }

    private static String size(String value, ModelEntry entry) {
        entry.sizes().objection(value).ifPresent(objection -> {
            throw entry.sizes().listed()
                    ? notAmong("size", value, entry.sizes().values())
                    : new ApiException(ErrorMessage.SIZE_IS_NOT_SUPPORTED).with("value", value).with("rule", objection);
        });
        return value;
    }

    private void refuseUnlessNeutral(String model, String name, String value) {
        String neutral = documentedDefaults.get(name);
        boolean asksForNothing = value.equals(neutral)
                || asBoolean(value).filter(text -> text.equals(neutral)).isPresent();
        if (!asksForNothing) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_NOT_FOR_MODEL, name).with("model", model);
        }
    }

    private static String checked(String name, String value, ParameterRule rule) {
        List<String> values = rule.values();
        if (values != null) {
            String normal = values.contains("true") ? asBoolean(value).orElse(value) : value;
            if (!values.contains(normal)) {
                throw notAmong(name, value, values);
            }
            return normal;
        }
        Integer minimum = rule.minimum();
        Integer maximum = rule.maximum();
        return minimum == null || maximum == null ? value : integer(name, value, minimum, maximum);
    }

    private static String integer(String name, String value, int minimum, int maximum) {
        long number;
        try {
            number = Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw new ApiException(ErrorMessage.TYPE_IS_WRONG, name).with("expected", "an integer").with("actual",
                    "'" + (value.length() > 40 ? value.substring(0, 40) + "…" : value) + "'");
        }
        if (number < minimum) {
            throw new ApiException(ErrorMessage.INTEGER_IS_BELOW_MINIMUM, name).with("minimum", minimum).with("value",
                    number);
        }
        if (number > maximum) {
            throw new ApiException(ErrorMessage.INTEGER_IS_ABOVE_MAXIMUM, name).with("maximum", maximum).with("value",
                    number);
        }
        return Long.toString(number);
    }

    private static Optional<String> asBoolean(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> Optional.of("true");
            case "false", "0" -> Optional.of("false");
            default -> Optional.empty();
        };
    }

    private static ApiException notAmong(String name, String value, List<String> supported) {
        return new ApiException(ErrorMessage.VALUE_IS_NOT_SUPPORTED, name).with("value", value).with("supported",
                ValueList.of(supported));
    }

    private static void refuseContradictions(Map<String, String> parameters) {
        String format = parameters.getOrDefault("output_format", "png");
        if (format.equals("jpeg") && "transparent".equals(parameters.get("background"))) {
            throw new ApiException(ErrorMessage.TRANSPARENCY_NEEDS_ALPHA).with("format", format);
        }
        if (format.equals("png") && !"100".equals(parameters.getOrDefault("output_compression", "100"))) {
            throw new ApiException(ErrorMessage.COMPRESSION_NEEDS_LOSSY_FORMAT).with("format", format);
        }
    }

    private static String defaultOf(ModelEntry entry, String name) {
        ParameterRule rule = entry.parameters().get(name);
        String value = rule == null ? null : rule.defaultValue();
        return value == null ? "" : value;
    }
}
