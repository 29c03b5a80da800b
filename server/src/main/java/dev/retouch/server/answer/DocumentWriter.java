package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON document as OpenAI's image endpoints do. Members leave in the order in which they arrive; what arrives behind the
 * first image is written behind the last one.
 */
final class DocumentWriter {

    private static final String CREATED = "created";

    private final ImageForm form;
    private final ImageHost host;
    private final InstantSource clock;
    private final AnswerOutput out;
    private final Map<String, JsonNode> later = new LinkedHashMap<>();
    private final Set<String> written = new HashSet<>();
    private boolean listBegun;
    private boolean inFinal;
    private @Nullable AnswerUsage usage;

    DocumentWriter(ImageForm form, ImageHost host, InstantSource clock, OutputStream out) {
        this.form = form;
        this.host = host;
        this.clock = clock;
        this.out = new AnswerOutput(out);
    }

    void write(AnswerReader parts, CommitPoint commit) throws IOException {
        out.text("{");
        AnswerPart part = parts.next();
        while (!(part instanceof AnswerEnd)) {
            write(part);
            part = parts.next();
        }
        if (!listBegun) {
            beginList();
        }
        out.text("]");
        if (!written.contains(CREATED)) {
            later.putIfAbsent(CREATED, JsonNodeFactory.instance.numberNode(clock.instant().getEpochSecond()));
        }
        out.membersAfter(later);
        Optional<ObjectNode> used = Optional.ofNullable(usage).flatMap(AnswerUsage::toDocument);
        if (used.isPresent()) {
            out.text(",");
            out.member("usage", used.get());
        }
        commit.commit();
        out.text("}");
        out.flush();
        commit.written();
    }

    private void write(AnswerPart part) throws IOException {
        switch (part) {
            case AnswerMetadata metadata -> metadata(metadata.members());
            case FinalImage image -> begin(image);
            case ImageEnd end -> end(end);
            case AnswerUsage reported -> usage = usage == null ? reported : usage.plus(reported);
            case PartialImage _,Refusal _,AnswerEnd _ -> {
                // a document has no place for these
            }
        }
    }

    private void metadata(Map<String, JsonNode> members) throws IOException {
        for (Map.Entry<String, JsonNode> member : members.entrySet()) {
            if (member.getKey().equals("data") || member.getKey().equals("usage") || !written.add(member.getKey())) {
                continue;
            }
            if (listBegun) {
                later.put(member.getKey(), member.getValue());
            } else {
                out.member(member.getKey(), member.getValue());
                out.text(",");
            }
        }
    }

    private void beginList() throws IOException {
        out.text("\"data\":[");
        listBegun = true;
    }

    private void begin(FinalImage image) throws IOException {
        if (listBegun) {
            out.text(",{");
        } else {
            beginList();
            out.text("{");
        }
        out.membersBefore(image.members());
        form.write(image.payload(), out, host);
        inFinal = true;
    }

    private void end(ImageEnd end) throws IOException {
        if (inFinal) {
            out.membersAfter(end.members());
            out.text("}");
            inFinal = false;
        }
    }
}
