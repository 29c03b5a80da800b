package dev.retouch.mock.edit;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonGenerator;

/** The usage of a response, in tokens. The output has only image tokens. */
record Usage(int textInput, int imageInput, int imageOutput) {

    /** Returns the usage without the input, for the second and later images of a stream, so that the input is counted once. */
    Usage withoutInput() {
        return new Usage(0, 0, imageOutput);
    }

    /**
     * Tokens of the text model that wrote a vector image.
     *
     * @param reasoning the part of the output that was reasoning
     */
    record Svg(String model, int input, int output, int reasoning) {

        /** Reading a picture costs a fixed number of tokens here, and writing one for every four characters. */
        static Svg of(String model, int characters) {
            int reasoning = 350;
            return new Svg(model, 1572, Math.ceilDiv(characters, 4) + reasoning, reasoning);
        }

        void writeTo(JsonGenerator json) throws IOException {
            json.writeObjectFieldStart("svg_usage");
            json.writeStringField("model", model);
            json.writeNumberField("input_tokens", input);
            json.writeNumberField("output_tokens", output);
            json.writeNumberField("reasoning_tokens", reasoning);
            json.writeNumberField("total_tokens", input + output);
            json.writeEndObject();
        }
    }

    void writeTo(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("usage");
        json.writeNumberField("input_tokens", textInput + imageInput);
        json.writeObjectFieldStart("input_tokens_details");
        json.writeNumberField("text_tokens", textInput);
        json.writeNumberField("image_tokens", imageInput);
        json.writeEndObject();
        json.writeNumberField("output_tokens", imageOutput);
        json.writeObjectFieldStart("output_tokens_details");
        json.writeNumberField("image_tokens", imageOutput);
        json.writeNumberField("text_tokens", 0);
        json.writeEndObject();
        json.writeNumberField("total_tokens", textInput + imageInput + imageOutput);
        json.writeEndObject();
    }
}
