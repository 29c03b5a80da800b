package dev.retouch.server.edit;

import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.edit.Preflight.Checked;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Group;
import dev.retouch.server.upstream.LinkedEdit;
import dev.retouch.server.upstream.Upstream;
import dev.retouch.server.upstream.UpstreamAnswer;
import dev.retouch.server.upstream.UpstreamEdit;

/**
 * The way of an edit, from top to bottom. Before it, {@code api.Doorkeeper} has identified the key without reading a byte
 * of the body, and one of the two intakes has read the body:
 *
 * <pre>
 * identify the key            before a byte of the body is read           401
 * read the body               multipart or JSON -> one EditRequest        400 / 408 / 413 / 415
 * the model's rules           registry entry, not code                    400 / 404
 * images named by URL         fetched side by side, or left to the upstream  400
 * preflight of every image    magic bytes, dimensions, mask               400
 * the upstream                send, and tell its errors as our own        4xx / 502 / 503 / 504
 * answer                      JSON, links, or events as they come
 * </pre>
 *
 * Whatever a step opens belongs to the exchange, which gives it back however the edit ends.
 */
public final class EditPipeline {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final EditRules rules;
    private final NamedImages images;
    private final Preflight preflight;
    private final Upstream upstream;
    private final EditAnswers answers;

    /** A pipeline of these steps. */
    public EditPipeline(EditRules rules, NamedImages images, Preflight preflight, Upstream upstream,
            EditAnswers answers) {
        this.rules = rules;
        this.images = images;
        this.preflight = preflight;
        this.upstream = upstream;
        this.answers = answers;
    }

    /**
     * Edits.
     *
     * @param group whose key it is
     * @param linkBase where the links of the answer point to
     */
    public EditAnswer edit(EditRequest request, Group group, Exchange exchange, URI linkBase) {
        EditPlan plan = rules.plan(request);
        UpstreamAnswer answer = exchange.closeLater(send(plan, request, exchange));
        Map<String, String> headers = headers(plan);
        if (plan.streamed()) {
            return answers.events(answer, headers);
        }
        Asked asked = Asked.by(plan);
        return plan.links() || group.answersBoth()
                ? answers.links(answer, asked, headers, linkBase, group.answersBoth(), exchange)
                : answers.base64(answer, asked, headers, exchange);
    }

    private UpstreamAnswer send(EditPlan plan, EditRequest request, Exchange exchange) {
        Map<String, String> parameters = new LinkedHashMap<>(plan.forwarded());
        if (plan.entry().askBase64()) {
            parameters.put("response_format", "b64_json");
        }
        preflight.count(request, plan.entry());
        if (images.leftToUpstream(request)) {
            return upstream.edit(new LinkedEdit(plan.upstreamModel(), plan.prompt(), parameters,
                    NamedImages.urls(request.images()), request.mask().map(Upload::url)));
        }
        Checked checked = preflight.check(images.fetch(request, plan.entry(), exchange), plan.entry());
        return upstream.edit(new UpstreamEdit(plan.upstreamModel(), plan.prompt(), parameters, checked.images(),
                checked.mask()));
    }

    private static Map<String, String> headers(EditPlan plan) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!plan.dropped().isEmpty()) {
            headers.put("x-retouch-dropped-parameters", String.join(", ", plan.dropped()));
        }
        LocalDate sunset = plan.entry().sunset();
        if (sunset != null) {
            Instant end = sunset.atStartOfDay(ZoneOffset.UTC).toInstant();
            headers.put("deprecation", "@" + end.getEpochSecond());
            headers.put("sunset", HTTP_DATE.format(end));
        }
        return headers;
    }
}
