package dev.retouch.mock.kind;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.retouch.mock.edit.EditEndpoint;
import dev.retouch.mock.edit.ImageEditor;
import dev.retouch.mock.error.ApiErrorException;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.wire.Answer.Document;
import dev.retouch.mock.wire.ApiForm;
import dev.retouch.mock.wire.ApiForm.KeyHeader;
import dev.retouch.mock.wire.HostedFiles;
import dev.retouch.mock.wire.Routes;

/** The wire formats beside OpenAI's. Each is below a path of its name. */
public final class WireFormats {

    private static final String KEY = "Authorization header.";
    private static final KeyHeader API_KEY = new KeyHeader("api-key", "");
    private static final KeyHeader GOOGLE_KEY = new KeyHeader("x-goog-api-key", "");
    /** The base URLs of clients, below the origin. */
    private static final Map<String, String> BASES = bases();

    private WireFormats() {}

    private static Map<String, String> bases() {
        Map<String, String> bases = new LinkedHashMap<>();
        bases.put("openai", "/v1");
        bases.put("azure", "/azure");
        bases.put("gemini", "/gemini/v1beta");
        bases.put("vertex", "/vertex/v1");
        bases.put("openrouter", "/openrouter/api/v1");
        bases.put("xai", "/xai/v1");
        bases.put("bfl", "/bfl/v1");
        bases.put("fal", "/fal");
        bases.put("replicate", "/replicate/v1");
        return bases;
    }

    /** The path of the base URL of each wire format, by its name. */
    public static Map<String, String> basePaths() {
        return new LinkedHashMap<>(BASES);
    }

    /** Where the keys are, and how errors are written. */
    public static List<ApiForm> forms() {
        return List.of(form("azure", List.of(API_KEY, ApiForm.BEARER), "api-key header.", false, KindErrors::azure),
                form("gemini", List.of(GOOGLE_KEY), "x-goog-api-key header.", true, KindErrors::gemini),
                form("vertex", List.of(GOOGLE_KEY, ApiForm.BEARER), KEY, true, KindErrors::gemini),
                form("openrouter", List.of(ApiForm.BEARER), KEY, false, KindErrors::openRouter),
                form("xai", List.of(ApiForm.BEARER), KEY, false, KindErrors::xai),
                form("bfl", List.of(new KeyHeader("x-key", "")), "x-key header.", true, KindErrors::bfl),
                form("fal", List.of(new KeyHeader("authorization", "key ")), KEY, false, KindErrors::fal),
                form("replicate", List.of(ApiForm.BEARER), KEY, false, KindErrors::replicate));
    }

    private static ApiForm form(String name, List<KeyHeader> keys, String hint, boolean bareImages,
            Function<ApiErrorException, Document> errors) {
        return new ApiForm(prefix(name), keys, hint, bareImages, errors);
    }

    private static String prefix(String name) {
        return "/" + name + "/";
    }

    /** Adds the endpoints of all of them. */
    public static void addTo(Routes routes, EditEndpoint edits, ImageEditor editor, Models models, HostedFiles hosted,
            Clock clock) {
        GeminiEndpoint google = new GeminiEndpoint(editor, models);
        AcceptedEdits accepted = new AcceptedEdits(editor, hosted);
        new AzureEndpoint(edits).addTo(routes, prefix("azure"));
        google.addGemini(routes, prefix("gemini"));
        google.addVertex(routes, prefix("vertex"));
        new OpenRouterEndpoint(editor, clock).addTo(routes, prefix("openrouter"));
        new XaiEndpoint(editor).addTo(routes, prefix("xai"));
        new BflEndpoints(accepted).addTo(routes, prefix("bfl"));
        new FalEndpoints(accepted).addTo(routes, prefix("fal"));
        new ReplicateEndpoints(accepted).addTo(routes, prefix("replicate"));
    }
}
