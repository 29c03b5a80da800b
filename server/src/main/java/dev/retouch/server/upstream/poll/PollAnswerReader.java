package dev.retouch.server.upstream.poll;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.answer.AnswerEnd;
import dev.retouch.server.answer.AnswerPart;
import dev.retouch.server.answer.AnswerReader;
import dev.retouch.server.answer.AnswerSource;
import dev.retouch.server.answer.AnswerUsage;
import dev.retouch.server.answer.DocumentImageReader;
import dev.retouch.server.answer.FinalImage;
import dev.retouch.server.answer.ImageEnd;
import dev.retouch.server.answer.ImagePayload;
import dev.retouch.server.answer.Refusal;
import dev.retouch.server.answer.RefusalReader;
import dev.retouch.server.answer.UrlPayload;
import dev.retouch.server.price.ReportedUsage;

/**
 * Reads the result of an edit. Images behind links are known only when the whole document is, because a list behind them may say that
 * they were blocked; an image that is in the document itself is passed on while it arrives.
 */
final class PollAnswerReader implements AnswerReader {

    private static final int BAD_GATEWAY = 502;

    private final PollKind kind;
    private final @Nullable BigDecimal submittedCost;
    private final DocumentImageReader document;
    private final List<ImagePayload> links = new ArrayList<>();
    private final Deque<AnswerPart> pending = new ArrayDeque<>();
    private boolean open;

    /**
     * Reads a result.
     *
     * @param submittedCost the cost in US dollars that the response to the submission stated; null if it stated none
     */
    PollAnswerReader(AnswerSource source, PollKind kind, @Nullable BigDecimal submittedCost) {
        this.kind = kind;
        this.submittedCost = submittedCost;
        this.document = new DocumentImageReader(source, kind.result().images());
    }

    @Override
    public AnswerPart next() throws IOException {
        while (pending.isEmpty()) {
            Optional<DocumentImageReader.Found> found = document.next();
            if (found.isEmpty()) {
                end();
            } else if (found.get().payload() instanceof UrlPayload link) {
                links.add(link);
            } else {
                begin(found.get().payload());
            }
        }
        return pending.remove();
    }

    private void begin(ImagePayload image) {
        if (open) {
            pending.add(new ImageEnd(Map.of()));
        }
        pending.add(new FinalImage(image, Map.of()));
        open = true;
    }

    private void end() {
        ObjectNode tree = document.tree();
        String place = kind.result().flags();
        JsonNode flags = place == null ? tree.path("") : tree.at(place);
        for (int i = 0; i < links.size(); i++) {
            if (flags.path(i).asBoolean(false)) {
                pending.add(new Refusal("The upstream's safety system blocked the image.", null, null,
                        "moderation_blocked", 0));
            } else {
                begin(links.get(i));
            }
        }
        BigDecimal cost = cost(tree, kind.accepted()).orElse(submittedCost);
        if (open && cost != null) {
            pending.add(new AnswerUsage(new ReportedUsage(0, 0, 0, 0, 0, 0, cost), null));
        }
        if (open) {
            pending.add(new ImageEnd(Map.of()));
        } else if (pending.isEmpty()) {
            pending.add(RefusalReader.inDocument(tree).orElse(new Refusal("The upstream returned no image.", null, null,
                    "upstream_error", BAD_GATEWAY)));
        }
        pending.add(new AnswerEnd());
    }

    /** The cost in US dollars that a document states. */
    static Optional<BigDecimal> cost(JsonNode document, PollKind.Accepted accepted) {
        String place = accepted.cost();
        JsonNode cost = place == null ? document.path("") : document.at(place);
        return cost.isNumber() ? Optional.of(cost.decimalValue().multiply(accepted.costUnit())) : Optional.empty();
    }
}
