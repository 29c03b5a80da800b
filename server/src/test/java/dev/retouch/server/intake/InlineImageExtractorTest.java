package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.contract.model.ImageReference;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.fixture.ChunkedInputStream;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.InlineImage;
import dev.retouch.server.image.Spool;

import static org.assertj.core.api.Assertions.assertThat;

/** The filter together with the reader behind it, as requests meet them. */
class InlineImageExtractorTest {

    private static final IntakeLimits LIMITS = new IntakeLimits(1 << 20, 64,
            new KnownFields(Set.of("prompt", "model", "user", "n", "size"), false));
    private static final byte[] PNG = Pictures.png(40, 30);
    private static final byte[] JPEG = Pictures.jpeg(40, 30);

    private final Spool spool;
    private final Exchange exchange = new Exchange("req_test", 0);

    InlineImageExtractorTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 100);
    }

    private ImageEditJson read(String json) throws IOException {
        return read(stream(json), exchange);
    }

    private ImageEditJson read(InputStream body, Exchange of) throws IOException {
        return (ImageEditJson) StrictJson.read(StrictJson.ofEdits(ImageEditJson.class),
                new InlineImageExtractor(body, spool, of, LIMITS), of);
    }

    private static InputStream stream(String json) {
        return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String dataUrl(String type, byte[] bytes) {
        return "data:" + type + ";base64," + base64(bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private void holds(String word, byte[] bytes) throws IOException {
        InlineImage image = exchange.inlineImage(word).orElseThrow(() -> new AssertionError("no image for " + word));
        try (InputStream in = image.bytes().orElseThrow().open()) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void dataUrlsBecomeImages() throws IOException {
        String png = dataUrl("image/png", PNG);
        ImageEditJson edit = read(
                """
                        {"prompt": "a rose", "images": [{"image_url": "%s"}, {"image_url": "%s"}],
                         "mask": {"image_url": "%s"}, "n": 2}""".formatted(png, dataUrl("image/jpeg", JPEG), png));

        holds(edit.getImages().get(0).getImageUrl(), PNG);
        holds(edit.getImages().get(1).getImageUrl(), JPEG);
        holds(edit.getMask().getImageUrl(), PNG);
        assertThat(edit.getPrompt()).isEqualTo("a rose");
        assertThat(edit.getN()).isEqualTo(2);
        InlineImage first = exchange.inlineImage(edit.getImages().getFirst().getImageUrl()).orElseThrow();
        assertThat(first.dataUrl()).isTrue();
        assertThat(first.characters()).isEqualTo(png.length());
    }

    @Test
    void arrayAcceptsBothFormsInOrder() throws IOException {
        ImageEditJson edit = read("""
                {"image": ["%s", "https://example.com/a.png", "%s", "%s"], "prompt": "x"}"""
                .formatted(base64(JPEG), dataUrl("image/png", PNG), base64(PNG)));

        holds(edit.getImage().get(0), JPEG);
        assertThat(edit.getImage().get(1)).isEqualTo("https://example.com/a.png");
        holds(edit.getImage().get(2), PNG);
        holds(edit.getImage().get(3), PNG);
        assertThat(exchange.inlineImage(edit.getImage().get(3)).orElseThrow().dataUrl()).isFalse();
    }

    @Test
    void aSingleImageStandsForAListOfOne() throws IOException {
        holds(read("{\"image\": \"" + base64(PNG) + "\", \"prompt\": \"x\"}").getImage().getFirst(), PNG);
    }

    /** However the network cuts it: a byte at a time, and in two pieces at every place. */
    @Test
    void piecesMakeNoDifference() throws IOException {
        byte[] small = {(byte) 0xff, 0, (byte) 0xfe, 7};
        byte[] body = ("{\"prompt\": \"ein Wort \\\"data:\\\" 玫瑰\", \"images\": [{\"image_url\": \""
                + dataUrl("image\\/png", small).replace("=", "\\u003D") + "\"}], \"user\": \"u\"}")
                .getBytes(StandardCharsets.UTF_8);

        for (int cut = 0; cut <= body.length; cut++) {
            ImageEditJson edit = read(
                    cut == body.length ? ChunkedInputStream.single(body) : ChunkedInputStream.cut(body, cut), exchange);
            holds(edit.getImages().getFirst().getImageUrl(), small);
            assertThat(edit.getPrompt()).as("cut %d", cut).isEqualTo("ein Wort \"data:\" 玫瑰");
            assertThat(edit.getUser()).as("cut %d", cut).isEqualTo("u");
        }
    }

    /** PHP escapes every slash, and base64 of a jpeg begins with one. */
    @Test
    void slashesMayBeEscaped() throws IOException {
        ImageEditJson edit = read("{\"image\": [\"" + base64(JPEG).replace("/", "\\/") + "\", \""
                + dataUrl("image/jpeg", JPEG).replace("/", "\\/") + "\"], \"prompt\": \"x\"}");

        assertThat(base64(JPEG)).startsWith("/");
        holds(edit.getImage().get(0), JPEG);
        holds(edit.getImage().get(1), JPEG);
    }

    /** .NET writes every plus sign of a string as an escape. */
    @Test
    void anyCharacterMayBeEscaped() throws IOException {
        String escaped = base64(JPEG).replace("+", "\\u002B").replace("/", "\\u002f").replace("=", "\\u003D");
        assertThat(escaped).contains("\\u002B").startsWith("\\u002f");

        ImageEditJson edit = read("{\"image\": [\"" + escaped + "\", \"data:image\\u002fjpeg;base64," + escaped
                + "\", \"" + escaped.replace("\\u002f9j", "\\u002f\\u0039\\u006A") + "\"], \"prompt\": \"x\"}");

        holds(edit.getImage().get(0), JPEG);
        holds(edit.getImage().get(1), JPEG);
        holds(edit.getImage().get(2), JPEG);
    }

    @Test
    void lineEndsInBase64AreSkipped() throws IOException {
        String lines = Base64.getMimeEncoder().encodeToString(PNG).replace("\r\n", "\\r\\n");
        assertThat(lines).contains("\\r\\n");

        holds(read("{\"image\": [\"" + lines + "\"], \"prompt\": \"x\"}").getImage().getFirst(), PNG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:image/png;base64,AAAA!", "data:image/png;base64",
            "data:image/png;base64,A", "data:image/png;base64,AA\\bAA",
            "data:image/png;base64,AA\\\"AA", "data:image/png;base64,AA\\\\AA", "data:image/png;base64,AA\\u1234AA",
            "data:image/png;base64,ÄÄÄÄ"})
    void invalidBase64HasNoBytes(String url) throws IOException {
        ImageEditJson edit = read("{\"images\": [{\"image_url\": \"" + url + "\"}], \"prompt\": \"x\"}");
        assertThat(exchange.inlineImage(edit.getImages().getFirst().getImageUrl()).orElseThrow().bytes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com/a.png", "http://x", "HTTPS://X", ""})
    void anyOtherUrlPasses(String url) throws IOException {
        ImageEditJson edit = read("{\"images\": [{\"image_url\": \"" + url + "\"}], \"prompt\": \"x\"}");
        assertThat(edit.getImages()).extracting(ImageReference::getImageUrl)
                .containsExactly(url);
    }

    /** Only the two keys hold images; a prompt may look like one as much as it likes. */
    @Test
    void textsUnderOtherKeysAreNotTouched() throws IOException {
        String url = dataUrl("image/png", PNG);
        ImageEditJson edit = read(
                """
                        {"prompt": "%s", "user": "image_url\\": \\"%s", "model": "%s"}""".formatted(url, url,
                        base64(PNG)));

        assertThat(edit.getPrompt()).isEqualTo(url);
        assertThat(edit.getUser()).isEqualTo("image_url\": \"" + url);
        assertThat(edit.getModel()).isEqualTo(base64(PNG));
    }

    @Test
    void aKeyAfterANestedImageIsAKeyAgain() throws IOException {
        ImageEditJson edit = read("{\"images\":[{\"image_url\":\"" + dataUrl("image/png", PNG)
                + "\"}],\"prompt\":\"data:image/png;base64,AAAA\",\"image\":[]}");

        assertThat(edit.getPrompt()).isEqualTo("data:image/png;base64,AAAA");
        holds(edit.getImages().getFirst().getImageUrl(), PNG);
    }

    /** The word that stands for an image cannot be guessed, and one that looks like it stands for nothing. */
    @Test
    void aPlaceholderCannotBeForged() throws IOException {
        String image = "{\"image\": [\"" + base64(PNG) + "\"], \"prompt\": \"x\"}";
        String word = read(image).getImage().getFirst();
        assertThat(word).matches("inline:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:1");
        Exchange other = new Exchange("req_other", 0);

        ImageEditJson edit = read(stream("{\"images\": [{\"image_url\": \"" + word + "\"}], \"image\": [\"" + word
                + "\"], \"prompt\": \"x\"}"), other);

        assertThat(other.inlineImage(edit.getImages().getFirst().getImageUrl()).orElseThrow().bytes()).isEmpty();
        assertThat(other.inlineImage(edit.getImage().getFirst()).orElseThrow().bytes()).isEmpty();
        assertThat(read(image).getImage().getFirst()).isNotEqualTo(word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"image\": \"AAAA", "{\"images\": [{\"image_url\": \"data:image/png;base64,AA",
            "{\"image\": \"AA\\", "{\"image\": \"\\u00", "{\"image\": \"d", "{", "[1, 2", "{\"a\" \"b\"}", "nonsense",
            "{\"prompt\": \"x\"} {}", "}}}}", "{\"prompt\": 'x'}"})
    void malformedJsonStaysMalformed(String json) {
        for (InputStream body : List.of(stream(json),
                ChunkedInputStream.single(json.getBytes(StandardCharsets.UTF_8)))) {
            assertThat(Failures.of(() -> read(body, exchange)).message()).isEqualTo(ErrorMessage.JSON_IS_MALFORMED);
        }
    }

    @Test
    void endlessNestingEnds() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return '[';
            }
        };
        Failures.assertRefused(() -> read(endless, exchange), ErrorMessage.JSON_IS_MALFORMED, "",
                "The JSON body could not be read: it is not one JSON object.");
    }

    /** As browsers load data URLs: URL standard, and the forgiving base64 of the Infra standard. */
    @ParameterizedTest
    @ValueSource(strings = {"data:image/png;base64, AQID", "data:image/png; base64,AQID", "data:image/png;BASE64,AQID",
            "DATA:image/png;base64,AQID", "  data:image/png;base64,AQID  ", "\\n\\tdata:image/png;base64,AQID\\n",
            "data:;base64,AQID", "data:base64;base64,AQID", "data:image/png;charset=utf-8;base64,AQID",
            "data:image/png;base64,%41QID", "data:image/png;base64,A%51%49D", "data:image/png;base64,AQ%0AID",
            "data:image/png;base64,AQ ID", "data:image/png;base64,AQ\\r\\nID", "data:image/png;base64,AQID#part",
            "data:image/png,%01%02%03", "data:,%01%02%03", "\\u0064ata:image/png;base64,AQID",
            "da\\nta:image/png;base64,AQID", "data:image/png;ba\\tse64,AQID", "AQID", " AQ ID "})
    void dataUrlsAreReadAsBrowsersReadThem(String url) throws IOException {
        for (InputStream body : List.of(stream(document(url)),
                ChunkedInputStream.single(document(url).getBytes(StandardCharsets.UTF_8)))) {
            holds(read(body, exchange).getImages().getFirst().getImageUrl(), new byte[]{1, 2, 3});
        }
    }

    private static String document(String url) {
        return "{\"images\": [{\"image_url\": \"" + url + "\"}], \"prompt\": \"x\"}";
    }

    /** Wherever programs write an image, the one form reaches the reader. */
    @ParameterizedTest
    @ValueSource(strings = {"\"images\": [{\"image_url\": \"U\"}]", "\"images\": [\"U\"]", "\"images\": \"U\"",
            "\"images\": {\"image_url\": \"U\"}", "\"images\": [{\"url\": \"U\"}]",
            "\"images\": [{\"image_url\": {\"url\": \"U\"}}]", "\"images[]\": [\"U\"]", "\"images%5B%5D\": [\"U\"]",
            "\"im\\u0061ges\": [{\"image\\u005furl\": \"U\"}]"})
    void referencesMayBeWrittenInManyForms(String member) throws IOException {
        String json = "{\"prompt\": \"x\", " + member.replace("U", dataUrl("image/png", PNG)) + "}";

        holds(read(json).getImages().getFirst().getImageUrl(), PNG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"image\": \"U\"", "\"image\": {\"url\": \"U\"}", "\"image\": [{\"url\": \"U\"}]",
            "\"image\": [{\"image_url\": \"U\"}]", "\"image\": {\"image_url\": {\"url\": \"U\"}}",
            "\"image[]\": [\"U\"]", "\"image%5b%5d\": \"U\""})
    void stringsMayBeWrittenInManyForms(String member) throws IOException {
        String json = "{\"prompt\": \"x\", " + member.replace("U", dataUrl("image/png", PNG)) + "}";

        holds(read(json).getImage().getFirst(), PNG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"mask\": \"U\"", "\"mask\": {\"url\": \"U\"}", "\"mask[]\": {\"image_url\": \"U\"}",
            "\"mask\": {\"image_url\": {\"url\": \"U\"}}"})
    void aMaskMayBeWrittenInManyForms(String member) throws IOException {
        String json = "{\"prompt\": \"x\", " + member.replace("U", dataUrl("image/png", PNG)) + "}";

        holds(read(json).getMask().getImageUrl(), PNG);
    }

    @Test
    void theSameNamesElsewhereAreText() throws IOException {
        String url = dataUrl("image/png", PNG);
        read("{\"prompt\": \"x\", \"extra\": {\"image\": \"" + url + "\"}, \"image_urls\": \"" + url + "\"}");

        assertThat(exchange.unknownParameters()).containsEntry("extra", "{\"image\":\"" + url + "\"}")
                .containsEntry("image_urls", url);
    }

    /** A string without a place in the contract is cut, so that its answer does not depend on its size. */
    @Test
    void longStringsInUnknownPlacesAreCut() throws IOException {
        String huge = "ä\\u00e4\\\\".repeat(400_000);
        ImageEditJson edit = read(
                "{\"image_urls\": \"" + huge + "\", \"images\": [{\"image_url\": \"AQID\", \"file_id\": \""
                        + huge + "\"}], \"prompt\": \"x\"}");

        assertThat(exchange.unknownParameters().get("image_urls")).hasSizeBetween(500, 4096).startsWith("ää\\ä");
        assertThat(edit.getImages().getFirst().getFileId()).hasSizeBetween(500, 4096);
        assertThat(Failures.of(() -> read("{\"prompt\": \"" + "x".repeat(2 << 20) + "\"}")).message())
                .isEqualTo(ErrorMessage.TEXT_IS_TOO_LARGE);
    }

    @Test
    void imagesAreCountedAndNotKeptBeyondTheLimit() throws IOException {
        ImageEditJson edit = read("{\"prompt\": \"x\", \"image\": [" + "\"A\",".repeat(10_000) + "\"A\"]}");

        Failures.assertRefused(() -> new JsonEditRequestReader(64).read(edit, exchange), ErrorMessage.ARRAY_IS_TOO_LONG,
                "image",
                "Invalid 'image': array too long. Expected an array with maximum length 64, but got an array with length"
                        + " 10001 instead.");
    }
}
