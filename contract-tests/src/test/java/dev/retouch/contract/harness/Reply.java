package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.assertj.core.api.Assertions;

/**
 * A whole answer.
 *
 * @param headers by their names in any case; of several with one name the first
 */
public record Reply(int status, Map<String, String> headers, byte[] body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Reply of(HttpResponse<byte[]> response) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        response.headers().map().forEach((name, values) -> headers.put(name, values.getFirst()));
        return new Reply(response.statusCode(), headers, response.body());
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The text without the signatures of its links: they are signed anew whenever a stored response is read. */
    public String withoutSignatures() {
        return text().replaceAll("\\?[^\"]*", "");
    }

    public JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON: " + text(), e);
        }
    }

    /** The edited images, from their base64 or from behind their links; the answer must be a success. */
    public List<byte[]> images() {
        Assertions.assertThat(status).as(beginning()).isEqualTo(200);
        List<byte[]> images = new ArrayList<>();
        for (JsonNode image : json().path("data")) {
            images.add(image.has("b64_json")
                    ? Base64.getDecoder().decode(image.get("b64_json").asText())
                    : file(URI.create(image.path("url").asText())));
        }
        return images;
    }

    /** The one edited image. */
    public byte[] image() {
        List<byte[]> images = images();
        Assertions.assertThat(images).hasSize(1);
        return images.getFirst();
    }

    /** The inside of the envelope of an error. */
    public JsonNode error() {
        Assertions.assertThat(header("content-type").orElse("")).as(beginning()).startsWith("application/json");
        return json().path("error");
    }

    /** Enough of it to understand why a test failed. */
    public String beginning() {
        String text = text();
        return status + " " + (text.length() > 400 ? text.substring(0, 400) + "…" : text);
    }

    private static byte[] file(URI link) {
        Reply file = Endpoint.fetch(link);
        Assertions.assertThat(file.status()).as("%s: %s", link, file.beginning()).isEqualTo(200);
        return file.body();
    }
}
