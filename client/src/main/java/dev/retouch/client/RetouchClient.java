package dev.retouch.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import jakarta.ws.rs.ProcessingException;

import dev.retouch.client.api.ImagesApi;
import dev.retouch.client.api.ModelsApi;
import dev.retouch.client.invoker.ApiException;
import dev.retouch.client.model.EditedImage;
import dev.retouch.client.model.ImageEditStreamEvent;
import dev.retouch.client.model.ImagesResponse;
import dev.retouch.client.model.Model;

/**
 * A connection to one gateway with one key. Safe to share between threads; close it when the program ends.
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

    private final Gateway gateway;
    private final ImageFiles files;

    private RetouchClient(Gateway gateway) {
        this.gateway = gateway;
        this.files = new ImageFiles(gateway);
    }

    /**
     * Starts a client of the gateway at an address.
     *
     * @param baseUrl such as {@code http://127.0.0.1:8080}; a {@code /v1} at its end, as other SDKs want it, may stand
     */
    public static Builder at(String baseUrl) {
        return new Builder(baseUrl, Duration.ofSeconds(10), Duration.ofMinutes(10));
    }

    /**
     * Edits, and answers with the images as the gateway tells them: links, or base64 held as strings in memory. Where
     * memory is scarce ask for links with {@link ImageEdit#responseFormat}, or use {@link #edit(ImageEdit, Path)}.
     */
    public ImagesResponse edit(ImageEdit edit) {
        try (Answer answer = gateway.edit(edit, false)) {
            return answer.as(ImagesResponse.class);
        }
    }

    /**
     * Edits, and puts the images into files of a directory while they arrive, however large they are. They are named
     * after the request's id. If the answer breaks off or the disk is full, a {@link RetouchException} says that the
     * edit ran, and the images that had arrived stay.
     *
     * @param directory is made if it is not there
     */
    public EditedFiles edit(ImageEdit edit, Path directory) {
        try (Answer answer = gateway.edit(edit, false)) {
            return new AnswerToFiles(files, directory).save(answer);
        }
    }

    /** Edits, and hands out the events as they come. Close the stream; closing it early gives up on the rest. */
    public ImageEditStream editStreaming(ImageEdit edit) {
        return ImageEditStream.of(gateway.edit(edit, true), edit.expectedImages());
    }

    /** Edits, and calls back with each event as it comes, on this thread. Returns after the last one. */
    public void editStreaming(ImageEdit edit, Consumer<? super ImageEditStreamEvent> each) {
        try (ImageEditStream events = editStreaming(edit)) {
            events.forEach(each);
        }
    }

    /** The models that the gateway can edit with, and what each of them accepts. */
    public List<Model> models() {
        return call(() -> new ModelsApi(gateway).listModels().getData());
    }

    /** One model and what it accepts. */
    public Model model(String id) {
        return call(() -> new ModelsApi(gateway).retrieveModel(id));
    }

    /**
     * Writes an edited image to a file, from its base64 or from its link. The file is either complete or not there.
     *
     * @return the file
     */
    public Path save(EditedImage image, Path file) {
        return files.save(image, file);
    }

    /**
     * The generated methods of the edit endpoint over this connection, for those who want every argument and header.
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
     * Where the gateway is and how long to wait for it; {@link #withKey} makes a client of it.
     *
     * @param connectTimeout how long to wait for a connection
     * @param readTimeout how long the gateway may be silent; an edit can take minutes
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
                throw new IllegalArgumentException("The key is empty. Whoever runs the gateway gives out keys.");
            }
            return new RetouchClient(new Gateway(this, key));
        }

        private static void requirePositive(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("A timeout must be longer than nothing, but is " + timeout);
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
