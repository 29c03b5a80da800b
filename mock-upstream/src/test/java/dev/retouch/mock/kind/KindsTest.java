package dev.retouch.mock.kind;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/** Each wire format has its own key, refuses what its provider refuses, and says so in its provider's form. */
@TestInstance(Lifecycle.PER_CLASS)
class KindsTest {

    private static final String KEY = "key-of-the-mock-0123456789";

    private final MockUpstream mock = MockUpstream.start(MockOptions.defaults().withKey(KEY));
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterAll
    void stop() {
        mock.close();
    }

    private HttpResponse<String> post(String path, String header, String key, String json) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(mock.origin() + path))
                .header("Content-Type", "application/json").header(header, key).POST(BodyPublishers.ofString(json))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString()).join();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /azure/openai/v1/images/edits | api-key | 401 | "code":"401"
            /gemini/v1beta/models/gemini-2.5-flash-image:generateContent | x-goog-api-key | 400 | API_KEY_INVALID
            /vertex/v1/publishers/google/models/gemini-2.5-flash-image:generateContent | x-goog-api-key | 400 | API_KEY_INVALID
            /openrouter/api/v1/images | authorization | 401 | "code":401
            /xai/v1/images/edits | authorization | 400 | Incorrect API key provided.
            /bfl/v1/flux-2-pro | x-key | 403 | Not authenticated
            /fal/fal-ai/flux-2-pro/edit | authorization | 401 | Authentication is required
            /replicate/v1/models/a/b/predictions | authorization | 401 | Unauthenticated
            """)
    void wrongKeyIsRefusedInTheFormOfTheKind(String path, String header, int status, String words) {
        HttpResponse<String> response = post(path, header, "Bearer wrong", "{}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains(words);
        assertThat(mock.journal().last().orElseThrow().toString()).doesNotContain("Bearer wrong");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /gemini/v1beta/models/gemini-2.5-flash-image:generateContent | x-goog-api-key | '' | {"n":2} | 400 | INVALID_ARGUMENT
            /gemini/v1beta/models/no-such-model:generateContent | x-goog-api-key | '' | {} | 404 | NOT_FOUND
            /openrouter/api/v1/images | authorization | 'Bearer ' | {"mask":"x"} | 400 | 'mask'
            /xai/v1/images/edits | authorization | 'Bearer ' | {"size":"1024x1024"} | 400 | 'size'
            /bfl/v1/flux-2-pro | x-key | '' | {"prompt":"p"} | 422 | input_image
            /fal/fal-ai/flux-2-pro/edit | authorization | 'Key ' | {"prompt":"p","image_urls":["https://a.example/a.png"]} | 422 | fetches no URLs
            /replicate/v1/models/a/b/predictions | authorization | 'Bearer ' | {"input":{"prompt":"p"}} | 422 | Input validation failed
            /azure/openai/v1/images/edits | api-key | '' | {} | 415 | multipart/form-data
            """)
    void requestIsRefusedAsByTheProvider(String path, String header, String scheme, String json, int status,
            String words) {
        HttpResponse<String> response = post(path, header, scheme + KEY, json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains(words);
    }

    @Test
    void editThatWasNotAcceptedIsUnknown() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(mock.origin() + "/bfl/v1/get_result?id=none"))
                .header("x-key", KEY).build();
        assertThat(http.sendAsync(request, BodyHandlers.ofString()).join().statusCode()).isEqualTo(404);
    }
}
