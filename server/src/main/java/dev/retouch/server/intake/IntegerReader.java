package dev.retouch.server.intake;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.Exchange;

/**
 * Reads integers of any size. The digits of one beyond the range of an {@code int} go to the exchange, so that the rules of the
 * model can refuse it like any other integer out of range.
 */
final class IntegerReader extends StdScalarDeserializer<Integer> {

    private static final long serialVersionUID = 1;
    /** Every integer with fewer characters is an {@code int}. */
    private static final int SURELY_INT = 10;

    IntegerReader() {
        super(Integer.class);
    }

    @Override
    public @Nullable Integer deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (parser.hasToken(JsonToken.VALUE_NUMBER_INT) && parser.getTextLength() >= SURELY_INT
                && context.getAttribute(Exchange.PROPERTY) instanceof Exchange exchange) {
            exchange.putLargeInteger(parser.currentName(), parser.getText());
            return 0;
        }
        return (Integer) NumberDeserializers.find(Integer.class, Integer.class.getName()).deserialize(parser, context);
    }
}
