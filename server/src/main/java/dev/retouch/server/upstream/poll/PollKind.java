package dev.retouch.server.upstream.poll;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.upstream.KindTraits;

/**
 * An upstream kind of the poll sort, as a file describes it. Places in documents are JSON pointers.
 *
 * @param url the base URL, unless the upstream names one; null if it has to
 * @param hosts further hosts that may get the key, such as {@code *.example.com}
 * @param key the header of the key
 * @param headers further headers of the submission
 * @param takes what edits it takes
 * @param submit how an edit is written
 * @param accepted what the response to the submission says
 * @param poll what the state of an edit says
 * @param result where the images are
 * @param variants models with another form, the first match counts
 */
public record PollKind(@Nullable URI url, List<String> hosts, Key key, Map<String, String> headers, Takes takes,
        Submit submit, Accepted accepted, Poll poll, Result result, List<Variant> variants) {

    /** Copies the collections, and rejects a kind that lacks what every edit needs. */
    public PollKind {
        hosts = List.copyOf(hosts);
        headers = Map.copyOf(headers);
        variants = List.copyOf(variants);
        check(key != null, "key is missing");
    }

    private static void check(boolean holds, String mistake) {
        if (!holds) {
            throw new IllegalArgumentException(mistake);
        }
    }

    private static void checkPlace(@Nullable String place, String name) {
        check(place != null && place.startsWith("/"), name + " must be a place in a document, such as /id");
    }

    private static void checkPlaceIfGiven(@Nullable String place, String name) {
        check(place == null || place.startsWith("/"), name + " must be a place in a document, such as /id");
    }

    /**
     * The header of the key.
     *
     * @param header its name
     * @param prefix what precedes the key, such as {@code Key}
     */
    public record Key(String header, String prefix) {}

    /**
     * What edits the kind takes.
     *
     * @param mask which pixels of a mask may change
     * @param size the form of a size
     * @param inputs the formats of input images
     * @param outputs the formats of results that can be chosen; null if none can
     * @param maxImages the maximum number of input images
     * @param urls whether it fetches input images by URL
     */
    public record Takes(KindTraits.Mask mask, KindTraits.Size size, Set<String> inputs, @Nullable Set<String> outputs,
            int maxImages, boolean urls) {}

    /**
     * How an edit is written.
     *
     * @param path the path behind the base URL, with {@code {model}}
     * @param fixed members that are always sent
     * @param prompt the place of the prompt
     * @param images the places of the input images in order; if the last one ends in {@code /-} it takes all others as a list
     * @param dataUrls whether images are data URLs; otherwise they are base64
     * @param mask the place of the mask; null if there are no masks
     * @param width the place of the width; null for none
     * @param height the place of the height; null for none
     * @param multiple the divisor of width and height
     * @param aspect the place of the proportions; null for none
     * @param resolution the place of the resolution; null for none
     * @param format the place of the output format; null for none
     * @param count the place of the number of images; null if each image is a separate edit
     * @param parameters the places of other parameters, by their names here
     */
    public record Submit(String path, ObjectNode fixed, String prompt, List<String> images, boolean dataUrls,
            @Nullable String mask, @Nullable String width, @Nullable String height, int multiple,
            @Nullable String aspect, @Nullable String resolution, @Nullable String format, @Nullable String count,
            Map<String, String> parameters) {

        /** Rejects what is no place, and a form without a prompt or images. */
        public Submit {
            images = images == null ? List.of() : List.copyOf(images);
            parameters = Map.copyOf(parameters);
            check(path != null && path.startsWith("/"), "submit.path must start with /");
            checkPlace(prompt, "submit.prompt");
            check(!images.isEmpty(), "submit.images must have a place");
            images.forEach(place -> checkPlace(place, "submit.images"));
            parameters.values().forEach(place -> checkPlace(place, "submit.parameters"));
            checkPlaceIfGiven(mask, "submit.mask");
            checkPlaceIfGiven(width, "submit.width");
            checkPlaceIfGiven(height, "submit.height");
            checkPlaceIfGiven(aspect, "submit.aspect");
            checkPlaceIfGiven(resolution, "submit.resolution");
            checkPlaceIfGiven(format, "submit.format");
            checkPlaceIfGiven(count, "submit.count");
            check(multiple > 0, "submit.multiple must be at least 1");
        }
    }

    /**
     * What the response to the submission says.
     *
     * @param id the place of the id
     * @param poll the place of the URL of the state
     * @param cancel the place of the URL that cancels; null if an edit cannot be canceled
     * @param cancelMethod the method of that request
     * @param cost the place of the cost, here or in the result; null for none
     * @param costUnit what a unit of the cost is in US dollars
     */
    public record Accepted(String id, String poll, @Nullable String cancel, String cancelMethod, @Nullable String cost,
            BigDecimal costUnit) {

        /** Rejects what is no place, and methods that no upstream has for this. */
        public Accepted {
            checkPlace(id, "accepted.id");
            checkPlace(poll, "accepted.poll");
            checkPlaceIfGiven(cancel, "accepted.cancel");
            checkPlaceIfGiven(cost, "accepted.cost");
            check(Set.of("POST", "PUT", "DELETE", "GET").contains(cancelMethod),
                    "accepted.cancel-method must be one of POST, PUT, DELETE, GET");
        }
    }

    /**
     * What the state of an edit says. Any other word means that the edit is not done.
     *
     * @param status the place of the word
     * @param done words of an edit that has a result
     * @param blocked words of an edit whose content was refused
     * @param failed words of an edit that ended without a result
     * @param lost words of an edit that the upstream no longer knows
     * @param reasons the places of the reason, in words
     * @param every the time between two polls
     */
    public record Poll(String status, Set<String> done, Set<String> blocked, Set<String> failed, Set<String> lost,
            List<String> reasons, Duration every) {

        /** Rejects a kind whose edits never end, and one that is polled all the time. */
        public Poll {
            checkPlace(status, "poll.status");
            reasons.forEach(place -> checkPlace(place, "poll.reasons"));
            check(!done.isEmpty(), "poll.done must have a word");
            check(every.toMillis() >= 1, "poll.every must be at least 1ms");
        }
    }

    /**
     * Where the images are.
     *
     * @param url the place of the URL of the result, in the response to the submission; null if the state has the result
     * @param images the places of the images, a link or a data URL each; {@code -} is any element of a list
     * @param flags the place of a list that says for each image whether it was blocked; null for none
     */
    public record Result(@Nullable String url, List<String> images, @Nullable String flags) {

        /** Rejects what is no place, and a result without images. */
        public Result {
            images = images == null ? List.of() : List.copyOf(images);
            check(!images.isEmpty(), "result.images must have a place");
            images.forEach(place -> checkPlace(place, "result.images"));
            checkPlaceIfGiven(url, "result.url");
            checkPlaceIfGiven(flags, "result.flags");
        }
    }

    /**
     * Models with another form.
     *
     * @param models a pattern of the upstream's names
     * @param submit how their edits are written
     * @param takes what edits they take
     */
    public record Variant(String models, Submit submit, Takes takes) {

        /** Rejects text that is no pattern. */
        public Variant {
            Pattern.compile(models);
        }

        boolean matches(String model) {
            return Pattern.matches(models, model);
        }
    }

    /** How edits of a model are written. */
    Submit submit(String model) {
        return variants.stream().filter(variant -> variant.matches(model)).findFirst()
                .map(Variant::submit).orElse(submit);
    }

    /** The traits of an upstream of this kind. */
    public KindTraits traits() {
        return traits(takes, submit);
    }

    /** The traits for one model. */
    KindTraits traits(String model) {
        return variants.stream().filter(variant -> variant.matches(model)).findFirst()
                .map(variant -> traits(variant.takes(), variant.submit())).orElseGet(this::traits);
    }

    private KindTraits traits(Takes takes, Submit submit) {
        return new KindTraits("JSON, " + (submit.dataUrls() ? "data URLs" : "base64"),
                key.header() + ": " + key.prefix(), submit.path(), takes.mask(), takes.size(),
                submit.count() == null ? KindTraits.Count.FAN_OUT : KindTraits.Count.NATIVE, KindTraits.Result.LINK,
                KindTraits.Flow.POLL, accepted.cost() == null ? KindTraits.Cost.LIST : KindTraits.Cost.REPORTED,
                takes.inputs(), takes.outputs(), takes.maxImages(), false, takes.urls(), submit.parameters().keySet());
    }
}
