package dev.retouch.contract.exchange;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/** What would be of no use if it let everything through: made-up exchanges, each with one thing that the document does not allow. */
@TestInstance(Lifecycle.PER_CLASS)
class VerifierTest {

    private static final String EDITS = "/v1/images/edits";
    private static final String FORM = "multipart/form-data; boundary=b";
    private static final String EDITED = "{\"created\":1,\"data\":[{\"b64_json\":\"AAAA\"}]}";
    private static final String COMPLETED = "event: image_edit.completed\ndata: {\"type\":\"image_edit.completed\",\"b64_json\":\"AAAA\"}\n\n";

    private final Document document = new Document();
    private final Verifier verifier = new Verifier(document);
    private final Sightings sightings = new Sightings(document);

    /** A made-up exchange, right unless a test changes it. */
    private record Made(String method, String target, String type, String body, int status, String answerType,
            String answer, Map<String, String> headers) {

        static Made edit(String json) {
            return new Made("POST", EDITS, "application/json", json, 200, "application/json", EDITED, Map.of());
        }

        static Made form(String... fields) {
            StringBuilder form = new StringBuilder();
            for (int i = 0; i < fields.length; i += 2) {
                form.append("--b\r\nContent-Disposition: form-data; name=\"").append(fields[i]).append("\"\r\n\r\n")
                        .append(fields[i + 1]).append("\r\n");
            }
            return new Made("POST", EDITS, FORM, form + "--b--\r\n", 200, "application/json", EDITED, Map.of());
        }

        static Made get(String target) {
            return new Made("GET", target, "", "", 200, "application/json", "{}", Map.of());
        }

        Made answered(int code, String type, String text) {
            return new Made(method, target, this.type, body, code, type, text, headers);
        }

        Made refused(int code, String error, String retry) {
            return new Made(method, target, type, body, code, "application/json", "{\"error\":{" + error + "}}",
                    Map.of("x-should-retry", retry));
        }

        Made with(Map<String, String> more) {
            return new Made(method, target, type, body, status, answerType, answer, more);
        }

        Exchange exchange() {
            Map<String, List<String>> told = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            told.put("x-request-id", List.of("req_1"));
            told.put("Content-Type", List.of(answerType));
            headers.forEach((name, value) -> told.put(name, List.of(value)));
            told.values().removeIf(values -> values.contains(""));
            String[] parts = target.split("\\?", 2);
            return new Exchange(new TestName("a test", true), method, parts[0], parts[0],
                    parts.length > 1 ? parts[1] : "",
                    Map.of("content-type", List.of(type)), whole(body), status, told, whole(answer));
        }

        private static Body whole(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return new Body(bytes, bytes.length, true);
        }
    }

    private void assertFine(Made made) {
        assertThat(verifier.findings(made.exchange())).isEmpty();
    }

    private void assertWrong(Made made, String line) {
        assertThat(verifier.findings(made.exchange())).extracting(Finding::toString)
                .singleElement().asString().startsWith(line);
    }

    private static Made editOf(String more) {
        return Made.edit("{\"prompt\":\"p\",\"images\":[{\"image_url\":\"data:,\"}]" + more + "}");
    }

    @Test
    void acceptsValidExchanges() {
        assertFine(editOf(",\"n\":2,\"size\":\"1024x1024\""));
        assertFine(Made.form("prompt", "p", "n", "2", "stream", "false", "image[0]", "x", "size", ""));
        assertFine(Made.form("prompt", "p").answered(200, "text/event-stream", ": hello\n\n" + COMPLETED));
        assertFine(Made.get("/v1/usage?start=2026-11-01").refused(401,
                "\"message\":\"Incorrect API key provided. Check it, or ask the operator of this gateway for a key.\","
                        + "\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_api_key\"",
                "false"));
    }

    @Test
    void reportsResponsesOutsideTheDocument() {
        assertWrong(editOf("").answered(201, "application/json", EDITED),
                "createImageEdit: the status is documented: 201");
        assertWrong(editOf("").answered(200, "text/html", "<p>"),
                "createImageEdit: the type of the answer 200 is documented: text/html");
        assertWrong(editOf("").answered(200, "application/json", "{\"created\":\"now\",\"data\":[]}"),
                "createImageEdit: the answer 200 is valid: [Path '/created']");
        assertWrong(editOf("").answered(200, "application/json", "{\"created\":1,\"data\":[{\"seed\":7}]}"),
                "createImageEdit: the answer 200 is valid: [Path '/data/0'] Object instance has properties which are");
        assertWrong(editOf("").answered(200, "application/json", "{\"created\":1,\"data\":[],\"more\":{}}"),
                "createImageEdit: the answer 200 is valid: [Path '/more']");
        assertWrong(editOf("").answered(200, "application/json", "{\"data\":[]}"),
                "createImageEdit: the answer 200 is valid: Object has missing required properties");
        assertWrong(editOf("").answered(200, "application/json", "{"), "createImageEdit: the answer 200 is JSON: {");
        assertWrong(editOf("").with(Map.of("x-request-id", "")),
                "createImageEdit: the answer 200 has its required headers: no x-request-id");
        assertWrong(Made.get("/v1/nothing"), "GET /v1/nothing: the path is documented: 200");
    }

    @Test
    void reportsRequestsOutsideTheDocument() {
        assertWrong(editOf(",\"seed\":1"),
                "createImageEdit: the request's body is valid: Object instance has properties which are not allowed");
        assertWrong(editOf(",\"n\":11"), "createImageEdit: the request's body is valid: [Path '/n']");
        assertWrong(editOf(",\"quality\":\"best\""), "createImageEdit: the request's body is valid: [Path '/quality']");
        assertWrong(Made.form("prompt", "p", "seed", "1"), "createImageEdit: the form's field is documented: seed");
        assertWrong(Made.form("prompt", "p", "n", "two"), "createImageEdit: the form's field 'n' is valid");
        assertWrong(Made.form("image", "x"), "createImageEdit: the form has its required fields: no prompt");
        assertWrong(new Made("POST", EDITS, "text/plain", "p", 200, "application/json", EDITED, Map.of()),
                "createImageEdit: the request's type is documented: text/plain");
        assertWrong(Made.get("/files/a.png?signed=1").answered(200, "image/png", "x"),
                "fetchFile: the query parameter is documented: signed");
        // a refused request may contain anything
        assertFine(editOf(",\"seed\":1").refused(400, "\"message\":\"Unknown parameter: 'seed'.\","
                + "\"type\":\"invalid_request_error\",\"param\":\"seed\",\"code\":\"unknown_parameter\"", "false"));
        assertWrong(
                editOf(",\"seed\":1").refused(400, "\"message\":\"Unknown parameter: '{param}'.\","
                        + "\"type\":\"invalid_request_error\",\"param\":\"seed\",\"code\":\"unknown_parameter\"",
                        "false"),
                "createImageEdit: 'unknown_parameter' has one of its documented messages: \"Unknown parameter: '{param}'.\"");
    }

    @Test
    void reportsEventsOutsideTheDocument() {
        assertWrong(stream(COMPLETED.replace("image_edit.completed", "image_edit.done") + COMPLETED),
                "createImageEdit: the event 'image_edit.done' is valid: [Path '/type']");
        assertWrong(stream(COMPLETED + COMPLETED),
                "createImageEdit: there is one terminal event for each image: 2 for 1");
        assertWrong(stream(": nothing\n\n"), "createImageEdit: the stream ends with a terminal event: no event");
        assertWrong(Made.form("prompt", "p", "stream", "true", "n", "2").answered(200, "text/event-stream",
                COMPLETED.replaceFirst("completed", "partial_image") + COMPLETED),
                "createImageEdit: the event's name is its type: image_edit.partial_image");
        assertWrong(stream(COMPLETED.replace("\"AAAA\"", "7")),
                "createImageEdit: the event 'image_edit.completed' is valid: [Path '/b64_json']");
    }

    private static Made stream(String events) {
        return Made.form("prompt", "p", "stream", "true").answered(200, "text/event-stream", events);
    }

    @Test
    void reportsErrorsOutsideTheCatalogue() {
        String type = "\"type\":\"invalid_request_error\",\"param\":\"images\",";
        String message = "\"message\":\"images[].image_url is required\",";
        String code = "\"code\":\"missing_required_parameter\"";
        assertFine(editOf("").refused(400, message + type + code, "false"));
        assertWrong(editOf("").refused(400, message.replace("required", "Required") + type + code, "false"),
                "createImageEdit: 'missing_required_parameter' has one of its documented messages: \"images[].image_url is Required\"");
        assertWrong(editOf("").refused(400, message + type.replace("images", "image") + code, "false"),
                "createImageEdit: 'missing_required_parameter' has one of its documented messages");
        assertWrong(editOf("").refused(400, message + type + "\"code\":\"image_missing\"", "false"),
                "createImageEdit: the error's code is documented: \"image_missing\"");
        assertWrong(editOf("").refused(422, message + type + code, "false"),
                "createImageEdit: 'missing_required_parameter' has the status 400: 422");
        assertWrong(editOf("").refused(400, message + type + code, "true"),
                "createImageEdit: 'missing_required_parameter' has x-should-retry: false: true");
        assertWrong(
                editOf("").refused(400, message + type.replace("invalid_request_error", "server_error") + code,
                        "false"),
                "createImageEdit: 'missing_required_parameter' is of the type invalid_request_error");
        assertWrong(Made.get("/v1/nothing").answered(404, "text/html", "<p>"),
                "GET /v1/nothing: an error is JSON: text/html");
    }

    /** A truncated response is checked up to its end, and its truncation is no violation. */
    @Test
    void checksTruncatedResponseUpToItsEnd() {
        Exchange whole = stream(": nothing\n\n").exchange();
        Exchange cut = new Exchange(whole.during(), whole.method(), whole.path(), whole.straight(), whole.query(),
                whole.sent(),
                whole.request(), whole.status(), whole.headers(),
                new Body(whole.answer().bytes(), whole.answer().size(), false));
        assertThat(verifier.findings(cut)).isEmpty();
    }

    @Test
    void findingsTellNeitherKeysNorPictures() {
        String secret = "sk-" + "a".repeat(40);
        assertThat(Stream.of(secret, "A".repeat(5000)).map(text -> new Finding("s", "r", text).toString()))
                .containsExactly("s: r: sk-…", "s: r: …");
    }

    @Test
    void countsItemsUsedByAnExchange() {
        assertThat(sightings.in(editOf(",\"quality\":\"low\"").exchange())).contains("operation createImageEdit",
                "field createImageEdit application/json images[].image_url", "sent ImageQuality=low",
                "answer createImageEdit 200 application/json", "header createImageEdit 200 x-request-id");
        assertThat(sightings.in(editOf(",\"n\":2,\"mask\":{\"file_id\":\"f\"}").refused(400,
                "\"message\":\"mask.file_id is not supported\",\"type\":\"invalid_request_error\",\"param\":\"mask\","
                        + "\"code\":\"unknown_parameter\"",
                "false").exchange()))
                .contains("field createImageEdit application/json mask.file_id",
                        "message MASK_FILE_ID_IS_NOT_SUPPORTED",
                        "code unknown_parameter", "header BadRequest x-should-retry")
                .doesNotContain("field createImageEdit application/json n");
    }
}
