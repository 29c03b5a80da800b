package dev.retouch.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import jakarta.ws.rs.ProcessingException;

import dev.retouch.client.api.ImagesApi;
import dev.retouch.client.api.ModelsApi;
import dev.retouch.client.api.UsageApi;
import dev.retouch.client.invoker.ApiException;
import dev.retouch.client.model.EditUsage;
import dev.retouch.client.model.EditedImage;
import dev.retouch.client.model.ImageEditStreamEvent;
import dev.retouch.client.model.ImagesResponse;
import dev.retouch.client.model.Model;

/**
 * A client of a gateway, for an API key. Threads can share it; close it when the program ends.
 *
 * <pre>{@code
 * try (RetouchClient retouch = RetouchClient.at("http://127.0.0.1:8080").withKey(key)) {
 *     ImagesResponse answer = retouch.edit(ImageEdit.of(Path.of("input.png"))
 *             .mask(Path.of("mask.png")).prompt("a red balloon").size("1024x1024"));
 *     retouch.save(answer.getData().get(0), Path.of("edited.png"));
 * }
 * }</pre>
 * <p>
 * Every failure is a {@link RetouchException}; a local file that cannot be read or written is an
 * {@link java.io.UncheckedIOException}.
 */
public final class RetouchClient implements AutoCloseable {

    private final HttpTransport gateway;
    private final ImageFiles files;

    private RetouchClient(HttpTransport gateway) {
        this.gateway = gateway;
        this.files = new ImageFiles(gateway);
    }

    /**
     * Starts a client of the gateway at an address.
     *
     * @param baseUrl the base URL, such as {@code http://127.0.0.1:8080}, with or without {@code /v1} at its end
     */
    public static Builder at(String baseUrl) {
        return new Builder(baseUrl, Duration.ofSeconds(10), Duration.ofMinutes(10));
    }

    /**
     * Edits images and returns them as signed URLs, or as base64 strings in memory. To save memory request signed URLs with
     * {@link ImageEdit#responseFormat}, or use {@link #edit(ImageEdit, Path)}.
     */
    public ImagesResponse edit(ImageEdit edit) {
        try (RawResponse answer = gateway.edit(edit, false)) {
            return answer.as(ImagesResponse.class);
        }
    }

    /**
     * Edits images and writes them into files of a directory while they arrive; the memory does not depend on their size. The file
     * names begin with the request id. If the connection is lost or the disk is full, a {@link RetouchException} says that the edit
     * ran; complete images are kept.
     *
     * @param directory the directory, created if it does not exist
     */
    public EditedFiles edit(ImageEdit edit, Path directory) {
        try (RawResponse answer = gateway.edit(edit, false)) {
            return new ResponseFileWriter(files, directory).save(answer);
        }
    }

    /** Edits images and returns the events while they arrive. Close the stream; closing it early cancels the edit. */
    public ImageEditStream editStreaming(ImageEdit edit) {
        return ImageEditStream.of(gateway.edit(edit, true), edit.expectedImages());
    }

    /** Edits images and calls the consumer for each event, on the calling thread. Returns after the last event. */
    public void editStreaming(ImageEdit edit, Consumer<? super ImageEditStreamEvent> each) {
        try (ImageEditStream events = editStreaming(edit)) {
            events.forEach(each);
        }
    }

    /** Returns the models of the gateway and their capabilities. */
    public List<Model> models() {
        return call(() -> new ModelsApi(gateway).listModels().getData());
    }

    /** Returns a model and its capabilities. */
    public Model model(String id) {
        return call(() -> new ModelsApi(gateway).retrieveModel(id));
    }

    /**
     * The tokens and the charge of the edit of one request.
     *
     * @param requestId the {@code x-request-id} of its response
     * @return empty if the key has no such edit, or if it was not dispatched to an upstream
     */
    public Optional<EditUsage> usageOf(String requestId) {
        if (requestId.isBlank()) {
            throw new IllegalArgumentException("The request id is empty");
        }
        return call(() -> Optional.ofNullable(new UsageApi(gateway).getUsage(null, null, null, requestId).getEdits())
                .flatMap(edits -> edits.stream().findFirst()));
    }

    /**
     * Writes an edited image to a file, from its base64 or its signed URL. The file is complete or does not exist.
     *
     * @return the file
     */
    public Path save(EditedImage image, Path file) {
        return files.save(image, file);
    }

    /**
     * Returns the generated methods of the edit endpoint, with all arguments and headers.
     */
    public ImagesApi images() {
        return new ImagesApi(gateway);
    }

    @Override
    public void close() {
        gateway.getHttpClient().close();
    }

    private <T> T call(GeneratedCall<T> generated) {
        try {
            return generated.send();
        } catch (ApiException refused) {
            throw gateway.failures().of(refused);
        } catch (ProcessingException broken) {
            throw gateway.failures().of(broken);
        }
    }

    private interface GeneratedCall<T> {
        T send() throws ApiException;
    }

    /**
     * The address of a gateway and the timeouts; {@link #withKey} creates a client.
     *
     * @param baseUrl the base URL of the gateway
     * @param connectTimeout the longest time to connect
     * @param readTimeout the longest silence of the gateway; an edit can take minutes
     */
    public record Builder(String baseUrl, Duration connectTimeout, Duration readTimeout) {

        public Builder {
            requirePositive(connectTimeout);
            requirePositive(readTimeout);
            baseUrl = withoutVersion(baseUrl);
        }

        public Builder connectTimeout(Duration timeout) {
            return new Builder(baseUrl, timeout, readTimeout);
        }

        public Builder readTimeout(Duration timeout) {
            return new Builder(baseUrl, connectTimeout, timeout);
        }

        public RetouchClient withKey(String key) {
            if (key.isBlank()) {
                throw new IllegalArgumentException("The API key is empty. Ask the operator of the gateway for a key.");
            }
            return new RetouchClient(new HttpTransport(this, key));
        }

        private static void requirePositive(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("A timeout must be longer than zero, but is " + timeout);
            }
        }

        private static String withoutVersion(String url) {
            String scheme = URI.create(url).getScheme();
            if (!"http".equals(scheme) && !"https".equals(scheme)) {
                throw new IllegalArgumentException("The base URL must be http or https, but is " + url);
            }
            return url.replaceFirst("/+$", "").replaceFirst("/v1$", "");
        }
    }
}
