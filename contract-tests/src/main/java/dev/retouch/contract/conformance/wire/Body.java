package dev.retouch.contract.conformance.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.contract.harness.Form;

/** The body of a request, as sent and as shown in reports. */
public sealed interface Body {

    /** What the header {@code Content-Type} says; nothing where the request is to have none. */
    Optional<String> contentType();

    /** Made anew each time: some are large, and a run has many. */
    byte[] bytes();

    /** Nothing at all. */
    record None() implements Body {

        @Override
        public Optional<String> contentType() {
            return Optional.empty();
        }

        @Override
        public byte[] bytes() {
            return new byte[0];
        }
    }

    /** A form, its parts in their order. */
    record Parts(List<Part> parts) implements Body {

        public Parts {
            parts = List.copyOf(parts);
        }

        @Override
        public Optional<String> contentType() {
            return Optional.of(Form.empty().contentType());
        }

        @Override
        public byte[] bytes() {
            Form form = Form.empty();
            for (Part part : parts) {
                form = switch (part) {
                    case Part.Text(String name, String value) -> form.text(name, value);
                    case Part.File(String name, NamedFile file, Optional<String> fileName, Optional<String> type) ->
                        form.file(name, fileName, type, file.bytes());
                };
            }
            return form.bytes();
        }
    }

    /** A part of a form. */
    sealed interface Part {

        String name();

        /** A value. */
        record Text(String name, String value) implements Part {}

        /** A file, with the name and the type that are said about it, if any are. */
        record File(String name, NamedFile file, Optional<String> fileName, Optional<String> type) implements Part {}
    }

    /**
     * A JSON document.
     *
     * @param shown the document with file names in place of file contents
     * @param files the files by the name that replaces each
     */
    record Json(JsonNode shown, JsonNode sent, Map<String, NamedFile> files) implements Body {

        public Json {
            files = Map.copyOf(files);
        }

        @Override
        public Optional<String> contentType() {
            return Optional.of("application/json");
        }

        @Override
        public byte[] bytes() {
            return sent.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Anything else. */
    record Raw(Optional<String> contentType, String shown, byte[] bytes) implements Body {}
}
