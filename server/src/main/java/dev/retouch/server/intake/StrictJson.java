package dev.retouch.server.intake;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/** JSON as strict about types as OpenAI is, with the mistakes told in the contract's words. */
final class StrictJson {

    /** Where Jackson's messages name the kind of value that they found; its exceptions do not hold it otherwise. */
    private static final Pattern TOKEN = Pattern.compile("JsonToken\\.([A-Z_]+)");
    /** The same in the messages about values that it could convert, if it were allowed to or knew how. */
    private static final Pattern COERCED = Pattern
            .compile(
                    "^Cannot coerce (empty String|[A-Z][A-Za-z-]+)| no ([A-Za-z]+)(?:/[A-Za-z]+)?-argument constructor");
    private static final int MOST_STRING_CHARACTERS = 1 << 20;

    private StrictJson() {}

    /** A reader of edits: as strict as OpenAI about types, while unknown fields are kept for whoever decides about them. */
    static ObjectReader ofEdits(Class<?> type) {
        JsonMapper.Builder mapper = mapper().disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                .withCoercionConfig(LogicalType.Textual, config -> {
                    config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                });
        return mapper.addHandler(new UnknownParameters(type)).build().readerFor(type);
    }

    /** A reader of anything else: unknown fields are refused, and an amount of money may be written as a number. */
    static ObjectReader readerFor(Class<?> type) {
        return mapper().build().readerFor(type);
    }

    private static JsonMapper.Builder mapper() {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxStringLength(MOST_STRING_CHARACTERS).maxNestingDepth(64)
                                .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        return JsonMapper.builder(factory).disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** Reads the document; what it has beside the known fields goes to the exchange. */
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
                throw refusal; // by what stands between the wire and the parser, which wraps whatever it meets
            }
            if (e.getCause() instanceof JsonProcessingException cause) {
                throw malformed(told(cause));
            }
            throw malformed(told(e));
        } catch (JsonProcessingException e) {
            throw malformed(told(e));
        }
    }

    /** Keeps unknown fields of the document itself; further inside they are left to Jackson, which refuses them. */
    private static final class UnknownParameters extends DeserializationProblemHandler {

        private final Class<?> document;

        UnknownParameters(Class<?> document) {
            this.document = document;
        }

        @Override
        public boolean handleUnknownProperty(DeserializationContext context, JsonParser parser,
                JsonDeserializer<?> deserializer, Object beanOrClass, String name) throws IOException {
            if (!document.isInstance(beanOrClass)
                    || !(context.getAttribute(Exchange.PROPERTY) instanceof Exchange exchange)) {
                return false;
            }
            // what has parts inside may be forwarded, and then has to arrive whole
            exchange.putUnknown(name, parser.currentToken().isScalarValue()
                    ? parser.getText()
                    : context.readTree(parser).toString());
            return true;
        }
    }

    /** A word that is none of the few that there are. */
    private static ApiException notAmong(ValueInstantiationException e) {
        Object[] words = e.getType() == null ? null : e.getType().getRawClass().getEnumConstants();
        String supported = words == null
                ? "others"
                : Arrays.stream(words).map(word -> "'" + word + "'").collect(Collectors.joining(", "));
        return new ApiException(ErrorMessage.VALUE_IS_INVALID, path(e)).with("reason",
                "it takes one of " + supported);
    }

    private static ApiException malformed(String reason) {
        return new ApiException(ErrorMessage.JSON_IS_MALFORMED).with("reason", reason);
    }

    /** Jackson's first sentence with the place, without what it says about itself. */
    private static String told(JsonProcessingException e) {
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
        return new ApiException(ErrorMessage.TYPE_IS_WRONG, path).with("expected", expected(e.getTargetType()))
                .with("actual", actual(e));
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
        return switch (JsonToken.valueOf(token.group(1))) {
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
