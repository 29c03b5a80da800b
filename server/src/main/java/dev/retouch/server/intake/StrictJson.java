package dev.retouch.server.intake;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;

import dev.retouch.server.admission.ServerOverloadedException;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;

/** Reads JSON, as strict about types as OpenAI, and maps the parser's failures to messages of the contract. */
final class StrictJson {

    /** Where Jackson's messages name the kind of value that they found; its exceptions do not hold it otherwise. */
    private static final Pattern TOKEN = Pattern.compile("JsonToken\\.([A-Z_]+)");
    /** The same in the messages about values that it could convert, if it were allowed to or knew how. */
    private static final Pattern COERCED = Pattern
            .compile(
                    "^Cannot coerce (empty String|[A-Z][A-Za-z-]+)| no ([A-Za-z]+)(?:/[A-Za-z]+)?-argument constructor");
    private static final int MAX_STRING_CHARACTERS = 1 << 20;

    private StrictJson() {}

    /** A reader of edits: as strict as OpenAI about types. Unknown members are kept, because a setting decides about them. */
    static ObjectReader ofEdits(Class<?> type) {
        JsonMapper.Builder mapper = mapper().disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                .withCoercionConfig(LogicalType.Textual, config -> {
                    config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                });
        return mapper.addHandler(new EditJsonForms(type))
                .addModule(new SimpleModule().addDeserializer(Integer.class, new IntegerReader())).build()
                .readerFor(type);
    }

    /** A reader of anything else: unknown fields are refused, and an amount of money may be written as a number. */
    static ObjectReader readerFor(Class<?> type) {
        return mapper().build().readerFor(type);
    }

    private static JsonMapper.Builder mapper() {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxStringLength(MAX_STRING_CHARACTERS).maxNestingDepth(64)
                                .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        return JsonMapper.builder(factory).disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** Reads the document; its unknown members go to the exchange. */
    static Object read(ObjectReader reader, InputStream body, Exchange exchange) throws IOException {
        try {
            Object value = reader.withAttribute(Exchange.PROPERTY, exchange).readValue(body);
            if (value == null) {
                throw malformed("it is empty or null; send an object");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_UNKNOWN, path(e));
        } catch (StreamConstraintsException e) {
            throw malformed("a string, number or nesting in it is too long");
        } catch (ValueInstantiationException e) {
            throw notAmong(e);
        } catch (MismatchedInputException e) {
            throw mismatch(e);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof ApiException refusal) {
                throw refusal; // thrown below the parser, which wraps every exception
            }
            if (e.getCause() instanceof ServerOverloadedException full) {
                throw full;
            }
            if (e.getCause() instanceof JsonProcessingException cause) {
                throw malformed(reason(cause));
            }
            throw malformed(reason(e));
        } catch (JsonProcessingException e) {
            throw malformed(reason(e));
        } catch (CharConversionException e) {
            throw malformed("it has bytes that are no characters of the charset that it begins in");
        }
    }

    /** A value outside an enum. */
    private static ApiException notAmong(ValueInstantiationException e) {
        Object[] words = e.getType() == null ? null : e.getType().getRawClass().getEnumConstants();
        String supported = words == null
                ? "others"
                : Arrays.stream(words).map(word -> "'" + word + "'").collect(Collectors.joining(", "));
        return new ApiException(ErrorMessage.VALUE_IS_INVALID, path(e)).withArgument("reason",
                "it takes one of " + supported);
    }

    private static ApiException malformed(String reason) {
        return new ApiException(ErrorMessage.JSON_IS_MALFORMED).withArgument("reason", reason);
    }

    /** The first sentence of the parser with the position, without the parser's settings. */
    private static String reason(JsonProcessingException e) {
        String place = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
        String sentence = e.getOriginalMessage().lines().findFirst().orElse("").replaceAll("(: |; ).*", "");
        return (sentence.isBlank() ? "it is not JSON" : sentence) + place;
    }

    private static ApiException mismatch(MismatchedInputException e) {
        String path = path(e);
        if (path.isEmpty()) {
            return malformed(e.getMessage() != null && e.getMessage().startsWith("No content")
                    ? "it is empty; send an object"
                    : "it is not one JSON object");
        }
        return new ApiException(ErrorMessage.TYPE_IS_WRONG, path).withArgument("expected", expected(e.getTargetType()))
                .withArgument("actual", actual(e));
    }

    private static String expected(Class<?> type) {
        if (type == null) {
            return "another type";
        }
        if (type == Integer.class || type == Long.class) {
            return "an integer";
        }
        if (type == BigDecimal.class) {
            return "a number";
        }
        if (type == Boolean.class) {
            return "a boolean";
        }
        if (type == String.class) {
            return "a string";
        }
        return List.class.isAssignableFrom(type) ? "an array" : "an object";
    }

    private static String actual(MismatchedInputException e) {
        Matcher token = TOKEN.matcher(e.getOriginalMessage());
        if (!token.find()) {
            return coerced(e);
        }
        return kind(JsonToken.valueOf(token.group(1)));
    }

    /** The kind of a value, as messages name it. */
    static String kind(JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a decimal number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case START_ARRAY -> "an array";
            case START_OBJECT, FIELD_NAME -> "an object";
            default -> "something else";
        };
    }

    private static String coerced(MismatchedInputException e) {
        Matcher kind = COERCED.matcher(e.getOriginalMessage());
        if (!kind.find()) {
            return e instanceof InvalidFormatException format && format.getValue() instanceof String
                    ? "a string"
                    : "something else";
        }
        return switch (kind.group(1) == null ? kind.group(2) : kind.group(1)) {
            case "String", "empty String" -> "a string";
            case "Integer", "int", "long", "BigInteger" -> "an integer";
            case "Floating-point", "double", "BigDecimal" -> "a decimal number";
            case "Boolean", "boolean" -> "a boolean";
            default -> "something else";
        };
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }
}
