package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AnswerReadersTest {

    private static final String PNG = Wires.png(2, 3);

    @TempDir
    private Path folder;

    private List<String> read(String text) throws IOException {
        List<String> whole = Wires.parts(AnswerReaders.of(Wires.cut(text), Wires.held(folder)));
        assertThat(Wires.parts(AnswerReaders.of(Wires.byteByByte(text), Wires.held(folder)))).isEqualTo(whole);
        return whole;
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'url':'','b64_json':'PNG'}", "{'b64_json':'PNG','url':''}",
            "{'b64_json':'PNG','url':null}",
            "{'url':'  ','b64_json':'PNG'}", "{'b64_json':'data:image/png;base64,PNG'}",
            "{'b64_json':'DATA:image/webp; charset=x;BASE64, PNG'}", "{'url':'data:image/png;base64,PNG'}",
            "{'url':'data:;base64,PNG','b64_json':null}", "{'url':'https://x.example/i.png','b64_json':'PNG'}",
            "{'b64_json':'PNG','url':'https://x.example/i.png'}", "{'b64_json':'PNG','b64_json':'PNG'}",
            "{'url':7,'b64_json':'PNG'}", "{'url':{'a':[1]},'b64_json':'PNG'}"})
    void takesAnElementWithOneImageForOneImage(String element) throws IOException {
        String document = "{'data':[" + element + "]}";

        assertThat(read(document.replace('\'', '"').replace("PNG", PNG)))
                .containsExactly("final " + PNG + " {}", "image-end {}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'b64_json':null,'revised_prompt':null,'url':'https://x.example/i.png'}",
            "{'url':'https://x.example/i.png'}", "{'b64_json':'','url':' https:\\/\\/x.example\\/i.png '}"})
    void takesALinkForAnImage(String element) throws IOException {
        String document = "{'data':[" + element + "]}";

        assertThat(read(document.replace('\'', '"')))
                .containsExactly("final link:https://x.example/i.png {}", "image-end {}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'b64_json':''}", "{'b64_json':'  '}", "{'b64_json':null,'url':null}",
            "{'b64_json':5}",
            "{'b64_json':['PNG']}", "{'url':'PNG'}", "{'b64_json':'https://x.example/i.png'}",
            "{'url':'/v1/images/7/content'}",
            "{'b64_json':'data:image/png;base64,'}", "{'url':'data:image/png,PNG'}", "{'b64_json':'not base64!'}",
            "{'image':'PNG'}", "{'input':{'b64_json':'PNG'}}", "'PNG'", "null", "5", "['PNG']"})
    void takesAnElementWithoutContentForNoImage(String element) throws IOException {
        String document = "{'data':[" + element + "]}";

        assertThat(read(document.replace('\'', '"').replace("PNG", PNG))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'data':null}", "{'data':{}}", "{'data':[]}", "{'data':{'b64_json':'PNG'}}",
            "{'b64_json':'PNG'}", "{'images':[{'b64_json':'PNG'}]}", "{'result':{'data':[{'b64_json':'PNG'}]}}"})
    void countsOnlyElementsOfTheDataListOfADocument(String document) throws IOException {
        assertThat(
                read(document.replace('\'', '"').replace("PNG", PNG)).stream().filter(part -> part.startsWith("final")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ufeff{'data':[{'b64_json':'PNG'}]}", " \r\n\t {'data' : [ {'b64_json' : 'PNG' } ] } \n",
            "{'data':[{'b64_json':'PNG'}]}\n{'done':true}", "{'data':[{'b64_json':'PNG'}],'data':[{'b64_json':'PNG'}]}",
            "{'error':null,'data':[{'b64_json':'PNG'}]}"})
    void isLenientOnFormatting(String document) throws IOException {
        assertThat(read(document.replace('\'', '"').replace("PNG", PNG)))
                .containsExactly("final " + PNG + " {}", "image-end {}");
    }

    @Test
    void resolvesEscapesAndLineEndsInsideOfBase64() throws IOException {
        String broken = PNG.substring(0, 20) + "\\n" + PNG.substring(20, 40) + "\\r\\n"
                + PNG.substring(40).replace("/", "\\/")
                        .replace("+", "\\u002B");

        assertThat(read("{\"data\":[{\"b64_json\":\"" + broken + "\"}]}"))
                .containsExactly("final " + PNG + " {}", "image-end {}");
    }

    @Test
    void keepsScalarsThatNobodyKnowsInTheirPlace() throws IOException {
        assertThat(read("{\"created\":7,\"seed\":1.50,\"deep\":{\"a\":1},\"data\":[{\"index\":0,\"b64_json\":\"" + PNG
                + "\",\"revised_prompt\":\"a\\\"b\"},{\"b64_json\":\"" + PNG + "\",\"x\":true}],\"size\":\"2x3\"}"))
                .containsExactly("metadata {created=7}", "metadata {seed=1.50}", "final " + PNG + " {index=0}",
                        "image-end {revised_prompt=\"a\\\"b\"}", "final " + PNG + " {}", "metadata {size=\"2x3\"}",
                        "image-end {x=true}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void readsEventsWithEachLineEnd(String end) throws IOException {
        String stream = ": hello" + end + end + "event: image_edit.partial_image" + end
                + "data: {\"type\":\"image_edit.partial_image\",\"b64_json\":\"" + PNG + "\",\"partial_image_index\":0}"
                + end
                + end + "id: 4" + end + "data:{\"type\":\"image_edit.completed\"," + end + "data: \"b64_json\":\"" + PNG
                + "\",\"created_at\":9," + end + "data: \"usage\":{\"input_tokens\":5,\"output_tokens\":6}}" + end + end
                + "data: [DONE]" + end + end;
        List<String> expected = List.of("partial " + PNG + " {}", "image-end {partial_image_index=0}",
                "final " + PNG + " {}", "metadata {created=9}",
                "usage ReportedUsage[textInput=0, cachedTextInput=0, imageInput=5, cachedImageInput=0, textOutput=0,"
                        + " imageOutput=6, reportedCost=null, svg=null]",
                "image-end {}");

        assertThat(read(stream)).isEqualTo(expected);
        String withoutDone = stream.substring(0, stream.indexOf("data: [DONE]"));
        assertThat(read(withoutDone)).isEqualTo(expected);
        assertThat(read(withoutDone.substring(0, withoutDone.length() - end.length()))).isEqualTo(expected);
        assertThat(read(withoutDone.substring(0, withoutDone.length() - 2 * end.length()))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"event: image_edit.completed|final", "event: image_edit.partial_image|partial",
            "event: image_generation.completed|final", "event: message|final", "retry: 5|final",
            "event: some.other.state|partial"})
    void namesAnEventByItsLine(String line, String expected) throws IOException {
        String data = "data: {\"b64_json\":\"" + PNG + "\"}";

        assertThat(read(line + "\n" + data + "\n\n").getFirst()).startsWith(expected);
        assertThat(read(data + "\n" + line + "\n\n").getFirst()).startsWith(expected);
    }

    @ParameterizedTest
    @CsvSource({"image_edit.completed,final", "image_edit.partial_image,partial"})
    void namesAnEventByItsTypeWhereverThatIs(String type, String expected) throws IOException {
        String image = "\"b64_json\":\"" + PNG + "\"";
        String named = "\"type\":\"" + type + "\"";

        assertThat(read("data: {" + named + "," + image + "}\n\n").getFirst()).startsWith(expected + " " + PNG);
        assertThat(read("data: {" + image + "," + named + "}\n\n").getFirst()).startsWith(expected + " " + PNG);
    }

    @Test
    void readsAnEventWithNullAndALink() throws IOException {
        assertThat(
                read("data: {\"type\":\"image_edit.completed\",\"b64_json\":null,\"url\":\"https://x.example/1\"}\n\n"))
                .containsExactly("final link:https://x.example/1 {}", "image-end {}");
        assertThat(read("data: {\"type\":\"image_edit.completed\",\"b64_json\":\"" + PNG + "\",\"url\":null}\n\n"))
                .containsExactly("final " + PNG + " {}", "image-end {}");
    }

    @Test
    void endsAtAnErrorEvent() throws IOException {
        String error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"no\",\"code\":\"c\"}}\n\n";
        String after = "data: {\"type\":\"image_edit.completed\",\"b64_json\":\"" + PNG + "\"}\n\n";

        assertThat(read(error + after)).containsExactly("refusal no/c");
        assertThat(read("data: {\"error\":\"just text\"}\n\n" + after)).containsExactly("refusal just text/null");
        assertThat(read("event: error\ndata: {\"message\":\"flat\",\"code\":\"x\"}\n\n" + after))
                .containsExactly("refusal flat/x");
    }

    @Test
    void leavesOutEventsThatItDoesNotKnow() throws IOException {
        assertThat(read("event: image_edit.queued\ndata: {\"type\":\"image_edit.queued\",\"position\":4}\n\n"
                + "data: {not json\n\ndata: {\"type\":\"image_edit.completed\",\"b64_json\":\"" + PNG + "\"}\n\n"))
                .containsExactly("final " + PNG + " {}", "image-end {}");
    }

    @Test
    void breaksOffWhereverADocumentIsCut() {
        String document = "{\"created\":1,\"data\":[{\"b64_json\":\"" + PNG + "\"}],\"usage\":{\"input_tokens\":1}}";
        for (int end = 0; end < document.length(); end++) {
            String cut = document.substring(0, end);
            assertThatThrownBy(() -> Wires.parts(AnswerReaders.of(Wires.cut(cut), Wires.held(folder))))
                    .as(cut).isInstanceOf(MalformedAnswerException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "<html></html>", "sorry", "[1]", "null", "{\"data\":[{]}", "{'data':[]}",
            "{\"data\" []}",
            "{\"data\":[}", "{\"a\":tru}", "{\"a\":1 \"b\":2}", "{\"data\":[{\"b64_json\":\"\\x\"}]}"})
    void refusesWhatIsNoAnswer(String text) {
        assertThatThrownBy(() -> Wires.parts(AnswerReaders.of(Wires.cut(text), Wires.held(folder))))
                .isInstanceOf(MalformedAnswerException.class);
    }

    @Test
    void refusesMoreBytesThanItsBound() {
        String document = "{\"data\":[{\"b64_json\":\"" + PNG + "\"}]}";

        assertThatThrownBy(() -> Wires.parts(AnswerReaders.of(Wires.cut(document, 10).limitedTo(document.length() - 1L),
                Wires.held(folder)))).isInstanceOf(AnswerTooLargeException.class);
    }
}
