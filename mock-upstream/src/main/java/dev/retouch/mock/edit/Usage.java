package dev.retouch.mock.edit;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonGenerator;

/** Tokens, as the answer reports them. The output is all images: an edit says nothing in words. */
record Usage(int textInput, int imageInput, int imageOutput) {

    /** For the second and later images of a stream, so that the sum over all events counts the input once. */
    Usage withoutInput() {
        return new Usage(0, 0, imageOutput);
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
