package dev.retouch.server.edit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.Handling;
import dev.retouch.server.model.ModelEntry.ParameterRule;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.model.QuotedList;

/** Applies the rules of the model's registry entry to a request. The first violation is reported. */
public final class EditRules {

    private static final String RESPONSE_FORMAT = "response_format";
    /** Digits of ASCII only: other scripts have digits too, which upstreams do not read. */
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
    private static final int MAX_DIGITS = 40;

    private final String defaultModel;
    private final Map<String, String> documentedDefaults;
    private final UnknownParameterPolicy unknownParameters;
    private final FormatRules formats = new FormatRules();

    /**
     * Creates the rules.
     *
     * @param defaultModel the model of a request without one
     * @param documentedDefaults the contract's defaults; such a value is accepted for any model, because it asks for
     * nothing
     * @param unknownParameters how parameters are handled that the contract does not define
     */
    public EditRules(String defaultModel, Map<String, String> documentedDefaults,
            UnknownParameterPolicy unknownParameters) {
        this.unknownParameters = unknownParameters;
        this.defaultModel = defaultModel;
        this.documentedDefaults = Map.copyOf(documentedDefaults);
    }

    /**
     * Plans an edit.
     *
     * @param usual the mask mode of an edit that does not choose one
     * @throws ApiException for the first violated rule
     */
    EditPlan plan(EditRequest request, ModelRegistry models, MaskMode usual) {
        String model = request.model().orElse(defaultModel);
        ModelEntry entry = models.find(model).orElseThrow(
                () -> new ApiException(ErrorMessage.MODEL_DOES_NOT_EXIST).withArgument("model", model));
        String prompt = prompt(request.prompt(), entry);
        boolean animated = entry.animation() != null
                && FormatRules.GIF.equals(request.parameters().get("output_format"));
        Map<String, String> forwarded = new LinkedHashMap<>();
        Map<String, String> served = new LinkedHashMap<>();
        List<String> dropped = new ArrayList<>();
        request.parameters().forEach((name, written) -> {
            String value = written.strip();
            if (name.equals(TestOutcome.HEADER)) {
                return; // no parameter of the model
            }
            if (name.equals("size")) {
                // the frames of an animation may be smaller than an image: their sheet is checked below
                forwarded.put(name, animated ? value : size(value, entry));
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
        formats.check(model, entry, forwarded, request);
        if (animated) {
            formats.checkFrameSize(entry, forwarded);
        }
        MaskMode maskMode = maskMode(request, served, forwarded, usual);
        if (maskMode == MaskMode.OFF) {
            dropped.add("mask");
        }
        boolean streamed = "true".equals(forwarded.get("stream"));
        boolean links = "url".equals(served.getOrDefault(RESPONSE_FORMAT, defaultOf(entry, RESPONSE_FORMAT)));
        if (streamed && served.containsKey(RESPONSE_FORMAT) && links) {
            dropped.add(RESPONSE_FORMAT); // events always contain the image
        }
        String upstreamName = entry.upstreamName();
        String id = models.idOf(model);
        return new EditPlan(id, upstreamName == null ? id : upstreamName, entry, prompt, forwarded,
                dropped, streamed, links, maskMode);
    }

    private static MaskMode maskMode(EditRequest request, Map<String, String> served, Map<String, String> forwarded,
            MaskMode usual) {
        Optional<MaskMode> chosen = Optional.ofNullable(served.get(MaskMode.PARAMETER)).flatMap(MaskMode::ofWireName);
        if (request.mask().isEmpty()) {
            if (chosen.equals(Optional.of(MaskMode.STRICT))) {
                throw new ApiException(ErrorMessage.STRICT_MASK_NEEDS_MASK);
            }
            return MaskMode.HINT;
        }
        MaskMode mode = chosen.orElse(usual);
        String format = forwarded.getOrDefault("output_format", "png");
        if (mode == MaskMode.STRICT && FormatRules.hasNoPixels(format)) {
            throw new ApiException(ErrorMessage.STRICT_MASK_IS_NOT_POSSIBLE).withArgument("reason",
                    "output_format=" + format + " has no pixels that can be restored");
        }
        return mode;
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
            throw new ApiException(ErrorMessage.STRING_IS_TOO_LONG, "prompt").withArgument("maximum", entry.prompt())
                    .withArgument("length", length);
        }
        return prompt;
    }

    private static String size(String value, ModelEntry entry) {
        entry.sizes().violation(value).ifPresent(objection -> {
            throw entry.sizes().listed()
                    ? notAmong("size", value, entry.sizes().values())
                    : new ApiException(ErrorMessage.SIZE_IS_NOT_SUPPORTED).withArgument("value", value)
                            .withArgument("rule", objection);
        });
        return value;
    }

    private void refuseUnlessNeutral(String model, String name, String value) {
        String neutral = documentedDefaults.get(name);
        boolean asksForNothing = value.equals(neutral)
                || asBoolean(value).filter(text -> text.equals(neutral)).isPresent();
        if (!asksForNothing) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_NOT_FOR_MODEL, name).withArgument("model", model);
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
        if (!INTEGER.matcher(value).matches()) {
            throw new ApiException(ErrorMessage.TYPE_IS_WRONG, name).withArgument("expected", "an integer")
                    .withArgument("actual",
                            "'" + shortened(value) + "'");
        }
        BigInteger number = value.length() > MAX_DIGITS
                ? BigInteger.valueOf(value.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE)
                : new BigInteger(value);
        if (number.compareTo(BigInteger.valueOf(minimum)) < 0) {
            throw new ApiException(ErrorMessage.INTEGER_IS_BELOW_MINIMUM, name).withArgument("minimum", minimum)
                    .withArgument("value",
                            shortened(value));
        }
        if (number.compareTo(BigInteger.valueOf(maximum)) > 0) {
            throw new ApiException(ErrorMessage.INTEGER_IS_ABOVE_MAXIMUM, name).withArgument("maximum", maximum)
                    .withArgument("value",
                            shortened(value));
        }
        return number.toString();
    }

    private static String shortened(String value) {
        return value.length() > MAX_DIGITS ? value.substring(0, MAX_DIGITS) + "…" : value;
    }

    private static Optional<String> asBoolean(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> Optional.of("true");
            case "false", "0" -> Optional.of("false");
            default -> Optional.empty();
        };
    }

    private static ApiException notAmong(String name, String value, List<String> supported) {
        return new ApiException(ErrorMessage.VALUE_IS_NOT_SUPPORTED, name).withArgument("value", value).withArgument(
                "supported",
                QuotedList.of(supported));
    }

    private static String defaultOf(ModelEntry entry, String name) {
        ParameterRule rule = entry.parameters().get(name);
        String value = rule == null ? null : rule.defaultValue();
        return value == null ? "" : value;
    }
}
