package dev.retouch.contract.conformance.cases;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.contract.conformance.check.Check;
import dev.retouch.contract.conformance.check.ErrorCheck;
import dev.retouch.contract.conformance.check.EventsCheck;
import dev.retouch.contract.conformance.check.ImagesCheck;
import dev.retouch.contract.conformance.check.LinkCheck;
import dev.retouch.contract.conformance.check.Outside;
import dev.retouch.contract.conformance.check.SchemaCheck;
import dev.retouch.contract.conformance.check.Schemas;
import dev.retouch.contract.conformance.check.StatusCheck;
import dev.retouch.contract.conformance.check.UsageCheck;
import dev.retouch.contract.conformance.check.ValuesCheck;
import dev.retouch.contract.conformance.check.Wanted;

/** Reads what a case expects. */
final class ExpectationReader {

    private final FileShelf shelf;
    private final Schemas schemas;

    ExpectationReader(FileShelf shelf, Schemas schemas) {
        this.shelf = shelf;
        this.schemas = schemas;
    }

    /** The checks in the order in which they say most: the status first. */
    List<Check> read(Entry expect) {
        expect.knowing("status", "headers", "error", "schema", "json", "images", "usage", "events", "links");
        List<Check> checks = new ArrayList<>();
        checks.add(status(expect));
        expect.inside("headers").ifPresent(entry -> checks.add(ValuesCheck.ofHeaders(wanted(entry))));
        expect.inside("error").ifPresent(entry -> checks.add(new ErrorCheck(wanted(entry.knowing("message", "type",
                "param", "code")))));
        expect.optionalText("schema").ifPresent(name -> {
            if (!schemas.has(name)) {
                throw expect.mistake("names the schema '" + name + "', which the contract does not have");
            }
            checks.add(new SchemaCheck(schemas, name));
        });
        expect.inside("json").ifPresent(entry -> checks.add(ValuesCheck.ofDocument(pointers(entry))));
        expect.inside("images").ifPresent(entry -> checks.add(images(entry)));
        if (expect.flag("usage")) {
            checks.add(new UsageCheck());
        }
        expect.inside("events")
                .ifPresent(entry -> checks.add(new EventsCheck(entry.knowing("partial", "partial-at-most",
                        "completed").number("partial"), entry.number("partial-at-most"),
                        entry.number("completed").orElse(1))));
        expect.inside("links").ifPresent(entry -> checks.add(links(entry)));
        return checks;
    }

    private static StatusCheck status(Entry expect) {
        List<Integer> allowed = new ArrayList<>();
        JsonNode status = expect.get("status");
        if (status.isInt()) {
            allowed.add(status.intValue());
        } else {
            expect.list("status").forEach(each -> allowed.add(each.asInt()));
        }
        if (allowed.isEmpty() || allowed.stream().anyMatch(each -> each < 100 || each > 599)) {
            throw expect.mistake("needs a 'status', or a list of them");
        }
        return new StatusCheck(allowed);
    }

    private ImagesCheck images(Entry entry) {
        entry.knowing("count", "as", "format", "size", "size-or-warning", "transparent", "unchanged-outside");
        Optional<Outside> outside = entry.inside("unchanged-outside").map(inside -> {
            inside.knowing("image", "mask", "tolerance");
            return new Outside(shelf.get(inside.text("image").replaceFirst("^@", ""), inside),
                    shelf.get(inside.text("mask").replaceFirst("^@", ""), inside),
                    inside.number("tolerance").orElse(0));
        });
        return new ImagesCheck(entry.number("count"), entry.oneOf("as", ImagesCheck.ReturnedAs.class),
                entry.optionalText("format"), entry.optionalText("size"),
                entry.optionalText("size-or-warning"),
                entry.has("transparent") ? Optional.of(entry.flag("transparent")) : Optional.empty(), outside);
    }

    private static LinkCheck links(Entry entry) {
        entry.knowing("lifetime", "forged");
        return new LinkCheck(entry.inside("lifetime").map(inside -> new LinkCheck.Range(inside.knowing("least", "most")
                .duration("least"), inside.duration("most"))),
                entry.optionalText("forged").map(text -> {
                    if (!text.equals("refused")) {
                        throw entry.mistake("has '" + text + "' as 'forged', which can only be 'refused'");
                    }
                    return true;
                }).orElse(false));
    }

    private static Map<String, Wanted> pointers(Entry entry) {
        entry.fields().keySet().stream().filter(pointer -> !pointer.startsWith("/")).findFirst().ifPresent(pointer -> {
            throw entry.mistake("has '" + pointer + "', which is no JSON pointer such as /data/0/url");
        });
        return wanted(entry);
    }

    private static Map<String, Wanted> wanted(Entry entry) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        entry.fields().forEach((name, value) -> wanted.put(name, value.isObject()
                ? one(new Entry(entry.place() + ", '" + name + "'", value))
                : new Wanted.Equal(value)));
        return wanted;
    }

    private static Wanted one(Entry entry) {
        entry.knowing("matches", "present", "count", "at-least", "recent");
        if (entry.fields().size() != 1) {
            throw entry.mistake("must have exactly one field");
        }
        if (entry.has("matches")) {
            try {
                return new Wanted.Matching(Pattern.compile(entry.text("matches")));
            } catch (PatternSyntaxException e) {
                throw entry.mistake("is no regular expression: " + e.getDescription());
            }
        }
        if (entry.has("present")) {
            return new Wanted.Present(entry.flag("present"));
        }
        if (entry.has("recent")) {
            return new Wanted.Recent(entry.duration("recent"));
        }
        return entry.number("count").<Wanted>map(Wanted.Count::new)
                .orElseGet(() -> new Wanted.AtLeast(entry.number("at-least").orElseThrow()));
    }
}
