package dev.retouch.server.intake;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageReference;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;

/**
 * Accepts the forms in which programs write images in JSON: a string in place of a reference, and an object with {@code url} or
 * {@code image_url} in place of a string, as chat completions have it. Keeps the unknown members of the document; unknown members
 * of its objects are refused.
 */
final class EditJsonForms extends DeserializationProblemHandler {

    private static final String URL = "url";
    private static final String IMAGE_URL = "image_url";
    private static final Set<String> STRINGS = Set.of(IMAGE_URL, FieldNames.IMAGE);

    private final Class<?> document;

    /** Forms within documents of a type. */
    EditJsonForms(Class<?> document) {
        this.document = document;
    }

    @Override
    public boolean handleUnknownProperty(DeserializationContext context, JsonParser parser,
            @Nullable JsonDeserializer<?> deserializer, Object beanOrClass, String name) throws IOException {
        if (beanOrClass instanceof ImageReference reference && name.equals(URL)) {
            if (reference.getImageUrl() != null) {
                throw new ApiException(ErrorMessage.PARAMETER_IS_REPEATED, path(parser.getParsingContext()));
            }
            reference.setImageUrl(context.readValue(parser, String.class));
            return true;
        }
        if (!document.isInstance(beanOrClass)
                || !(context.getAttribute(Exchange.PROPERTY) instanceof Exchange exchange)) {
            return false;
        }
        // a structured value may be forwarded, so all of it is kept
        exchange.putUnknown(name, parser.currentToken().isScalarValue()
                ? parser.getText()
                : context.readTree(parser).toString());
        return true;
    }

    @Override
    public Object handleMissingInstantiator(DeserializationContext context, Class<?> type,
            @Nullable ValueInstantiator instantiator, @Nullable JsonParser parser, String message) throws IOException {
        if (type == ImageReference.class && parser != null && parser.hasToken(JsonToken.VALUE_STRING)) {
            return new ImageReference().imageUrl(parser.getText());
        }
        return NOT_HANDLED;
    }

    @Override
    public @Nullable Object handleUnexpectedToken(DeserializationContext context, JavaType target, JsonToken token,
            JsonParser parser, @Nullable String message) throws IOException {
        boolean wrapped = token == JsonToken.START_OBJECT && target.hasRawClass(String.class)
                && nearestName(parser.getParsingContext().getParent()).filter(STRINGS::contains).isPresent();
        return wrapped ? url(parser) : NOT_HANDLED;
    }

    /** Reads an object around a URL; the parser is at its beginning. */
    private static @Nullable String url(JsonParser parser) throws IOException {
        String found = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (!name.equals(URL) && !name.equals(IMAGE_URL)) {
                throw new ApiException(ErrorMessage.PARAMETER_IS_UNKNOWN, path(parser.getParsingContext()));
            }
            if (found != null) {
                throw new ApiException(ErrorMessage.PARAMETER_IS_REPEATED, path(parser.getParsingContext()));
            }
            found = switch (value) {
                case VALUE_STRING -> parser.getText();
                case START_OBJECT -> url(parser);
                default -> throw new ApiException(ErrorMessage.TYPE_IS_WRONG, path(parser.getParsingContext()))
                        .withArgument("expected", "a string").withArgument("actual", StrictJson.kind(value));
            };
        }
        return found == null ? "" : found;
    }

    private static Optional<String> nearestName(@Nullable JsonStreamContext inner) {
        for (JsonStreamContext context = inner; context != null; context = context.getParent()) {
            if (context.getCurrentName() != null) {
                return Optional.of(context.getCurrentName());
            }
        }
        return Optional.empty();
    }

    /** A path such as {@code images[0].image_url}. */
    private static String path(JsonStreamContext context) {
        JsonStreamContext parent = context.getParent();
        String outer = parent == null ? "" : path(parent);
        if (context.inArray()) {
            return outer + '[' + context.getCurrentIndex() + ']';
        }
        if (context.getCurrentName() == null) {
            return outer;
        }
        return outer.isEmpty() ? context.getCurrentName() : outer + '.' + context.getCurrentName();
    }
}
