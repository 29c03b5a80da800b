package dev.retouch.server.answer;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;

/**
 * Decides what an upstream's refusal means, and which of its words a client may see. The same rules hold for HTTP statuses, for error
 * events in a stream and for reasons in a response with status 200.
 */
public final class RefusalPolicy {

    private static final Set<String> ABOUT_GATEWAY = Set.of("insufficientquota", "insufficientuserquota",
            "quotaexceeded",
            "billinghardlimitreached", "billingnotactive", "billinglimitexceeded", "invalidapikey", "apikeyinvalid",
            "invalidorganization", "organizationmustbeverified", "accountdeactivated", "accessterminated", "arrearage",
            "authenticationerror", "permissionerror", "permissiondenied", "insufficientbalance", "insufficientcredits",
            "paymentrequired", "unauthorized", "invalidtoken", "invalidauthentication", "incorrectapikey",
            "projectnotfound", "modelnotfoundfororganization");
    private static final Set<String> CONTENT = Set.of("safety", "imagesafety", "prohibitedcontent",
            "imageprohibitedcontent", "blocklist", "spii", "recitation", "imagerecitation", "datainspectionfailed",
            "sensitive", "nsfw");
    private static final String[] CONTENT_WORDS = {"contentpolicy", "contentfilter", "contentfiltered", "moderat",
            "sensitivecontent", "responsibleai", "safetyviolation", "contentviolation", "safetysystem", "nsfwcontent"};
    private static final String[] CONTENT_PHRASES = {"content policy", "content management policy", "safety system",
            "content_policy", "content filter", "flagged as sensitive", "moderation"};
    private static final Set<String> FAILURES = Set.of("servererror", "internalerror", "internalservererror",
            "apierror", "overloaded", "overloadederror", "timeout", "serviceunavailable", "unavailable",
            "ratelimitexceeded", "ratelimiterror", "engineoverloaded", "badgateway", "upstreamerror");
    private static final int MAX_MESSAGE = 4096;
    private static final String CONTENT_TYPE = "image_generation_user_error";
    private static final String CONTENT_CODE = "moderation_blocked";
    private static final String REQUEST_TYPE = "invalid_request_error";
    private static final String BLOCKED = "The upstream's safety system rejected the request.";
    private static final String REFUSED = "The upstream refused the request and gave no reason.";

    /** What a refusal is about. */
    public enum Subject {
        /** The gateway's own key or account: never shown to a client. */
        GATEWAY,
        /** The content of the request or of the image: {@code moderation_blocked}. */
        CONTENT,
        /** The request. */
        REQUEST,
        /** Nothing of the kind: the upstream failed. */
        FAILURE
    }

    private final UnaryOperator<String> redactor;

    /**
     * Rules for one upstream.
     *
     * @param redactor removes the gateway's key and account from a text
     */
    public RefusalPolicy(UnaryOperator<String> redactor) {
        this.redactor = redactor;
    }

    /**
     * What a refusal is about.
     *
     * @param httpStatus the status of the response; 200 for a reason in a successful one
     */
    public Subject subject(Refusal refusal, int httpStatus) {
        int status = httpStatus >= 400 ? httpStatus : refusal.status();
        String code = normalized(refusal.code());
        String type = normalized(refusal.type());
        if (ABOUT_GATEWAY.contains(code) || (ABOUT_GATEWAY.contains(type) && !isContent(code))) {
            return Subject.GATEWAY;
        }
        if (isContent(code) || isContent(type)) {
            return Subject.CONTENT;
        }
        String words = refusal.message().toLowerCase(Locale.ROOT);
        if (status == 401 || status == 402 || status == 407 || isAboutKey(words)) {
            return Subject.GATEWAY;
        }
        if (status == 403 || status == 451) {
            return mentionsContent(words) ? Subject.CONTENT : Subject.GATEWAY;
        }
        if (httpStatus < 400
                && (status == 429 || status >= 500 || FAILURES.contains(code) || FAILURES.contains(type))) {
            return Subject.FAILURE;
        }
        return httpStatus < 500 && code.isEmpty() && mentionsContent(words) && !type.equals("invalidrequesterror")
                ? Subject.CONTENT
                : Subject.REQUEST;
    }

    private static boolean isContent(String code) {
        if (CONTENT.contains(code)) {
            return true;
        }
        for (String word : CONTENT_WORDS) {
            if (code.contains(word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mentionsContent(String words) {
        for (String phrase : CONTENT_PHRASES) {
            if (words.contains(phrase)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAboutKey(String words) {
        boolean key = words.contains("api key") || words.contains("api_key") || words.contains("apikey");
        return key && (words.contains("not valid") || words.contains("invalid") || words.contains("incorrect")
                || words.contains("expired") || words.contains("disabled") || words.contains("revoked"));
    }

    private static String normalized(@Nullable String code) {
        return code == null ? "" : code.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }

    /**
     * The failure that a client gets for a refusal.
     *
     * @param httpStatus the status of the response; 200 for a reason in a successful one
     */
    public RuntimeException failure(Refusal refusal, int httpStatus) {
        return switch (subject(refusal, httpStatus)) {
            case GATEWAY -> new ApiException(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS).afterDispatch();
            case FAILURE -> new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).afterDispatch();
            case CONTENT -> new UpstreamRefusalException(words(refusal, BLOCKED), CONTENT_TYPE,
                    redactedMember(refusal.param()), Optional.of(CONTENT_CODE));
            case REQUEST -> new UpstreamRefusalException(words(refusal, REFUSED),
                    redactedMember(refusal.type()).orElse(REQUEST_TYPE), redactedMember(refusal.param()),
                    redactedMember(refusal.code()));
        };
    }

    private String words(Refusal refusal, String otherwise) {
        return refusal.message().isBlank() ? otherwise : redacted(refusal.message());
    }

    /** A text without the gateway's key and account, and not too long. */
    public String redacted(String text) {
        String redacted = redactor.apply(text);
        return redacted.length() <= MAX_MESSAGE ? redacted : redacted.substring(0, MAX_MESSAGE) + "…";
    }

    /** A member of a refusal, without the gateway's key and account. */
    public Optional<String> redactedMember(@Nullable String text) {
        return Optional.ofNullable(text).map(this::redacted);
    }
}
