package dev.retouch.server.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.api.AdminTokenCheck;
import dev.retouch.server.api.FiguresDelegate;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.secret.Secret;

/**
 * Sessions of the console. The admin token is exchanged for a cookie that scripts cannot read and that browsers send from the gateway's own
 * pages only. The cookie is a signed time of expiry, so that every instance with the same admin token accepts it, and a new admin token ends all
 * sessions. A request with the cookie is passed on as if it had the admin token.
 *
 * <p>
 * A request also needs the header {@code x-retouch-console}, which a page of another origin cannot send without a permission that the gateway
 * never gives. A session ends after {@link #IDLE} without a request of the user; requests that the page repeats do not extend it.
 */
public final class ConsoleSessions {

    /** How long a session lasts without a request of the user. */
    static final Duration IDLE = Duration.ofMinutes(30);

    /** The path that signs in, signs out, and states whether a session exists. */
    static final String PATH = "/console/session";

    private static final String COOKIE = "retouch-console";
    private static final String HEADER = "x-retouch-console";
    private static final String ADMINISTRATION = "/admin/v1/";
    private static final int MAX_TOKEN_BYTES = 4096;
    private static final int NONCE_BYTES = 12;

    private final Secret adminToken;
    private final AdminTokenCheck check;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * Creates sessions.
     *
     * @param adminToken the admin token, which must not be empty
     * @param check compares tokens, and slows down peers that guess, here and at administrative operations
     */
    public ConsoleSessions(Secret adminToken, AdminTokenCheck check, Clock clock) {
        this.adminToken = adminToken;
        this.check = check;
        this.clock = clock;
    }

    /** Wraps the API: requests of a session get the admin token. */
    Handler around(Handler api) {
        return new AdministrationHandler(api);
    }

    /** Returns the handler of {@link #PATH}: POST with the admin token signs in, DELETE signs out, GET needs a session. */
    Handler endpoint() {
        return new SessionHandler();
    }

    private int session(Request request, Response response) throws Exception {
        if (HttpMethod.GET.is(request.getMethod())) {
            return isSignedIn(request) ? HttpStatus.NO_CONTENT_204 : HttpStatus.UNAUTHORIZED_401;
        }
        if (HttpMethod.DELETE.is(request.getMethod())) {
            setCookie(request, response, "", Duration.ZERO);
            return HttpStatus.NO_CONTENT_204;
        }
        if (!HttpMethod.POST.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, POST, DELETE");
            return HttpStatus.METHOD_NOT_ALLOWED_405;
        }
        if (request.getLength() < 0 || request.getLength() > MAX_TOKEN_BYTES) {
            return HttpStatus.PAYLOAD_TOO_LARGE_413;
        }
        if (!check.accepts(Request.getRemoteAddr(request), Content.Source.asString(request).strip())) {
            return HttpStatus.UNAUTHORIZED_401;
        }
        setCookie(request, response, newSession(), IDLE);
        return HttpStatus.NO_CONTENT_204;
    }

    private static boolean isFromConsole(Request request) {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        return request.getHeaders().contains(HEADER) && (site == null || site.equals("same-origin"));
    }

    private boolean isSignedIn(Request request) {
        return sessionEnd(request).isPresent();
    }

    /** Returns when the session of a request ends unless the user continues it, or empty if it has none. */
    private Optional<Instant> sessionEnd(Request request) {
        return isFromConsole(request)
                ? Request.getCookies(request).stream().filter(cookie -> cookie.getName().equals(COOKIE))
                        .flatMap(cookie -> end(cookie.getValue()).stream()).max(Comparator.naturalOrder())
                : Optional.empty();
    }

    private String newSession() {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        String session = clock.instant().plus(IDLE).toEpochMilli() + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
        return session + "." + signature(session);
    }

    /** Returns the end of the session of a cookie, or empty if the cookie is not genuine or its session has ended. */
    private Optional<Instant> end(String cookie) {
        int end = cookie.lastIndexOf('.');
        if (end < 0 || !MessageDigest.isEqual(cookie.substring(end + 1).getBytes(StandardCharsets.US_ASCII),
                signature(cookie.substring(0, end)).getBytes(StandardCharsets.US_ASCII))) {
            return Optional.empty();
        }
        long expires = Long.parseLong(cookie.substring(0, cookie.indexOf('.')));
        return Optional.of(Instant.ofEpochMilli(expires)).filter(clock.instant()::isBefore);
    }

    private String signature(String session) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(adminToken.value().orElseThrow().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getUrlEncoder().withoutPadding()
                    .encodeToString(mac.doFinal(("console." + session).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static void setCookie(Request request, Response response, String value, Duration age) {
        Response.putCookie(response, HttpCookie.build(COOKIE, value).path("/").httpOnly(true)
                .secure(request.isSecure()).sameSite(HttpCookie.SameSite.STRICT).maxAge(age.toSeconds()).build());
    }

    /** Adds the admin token to administrative requests of a session. */
    private final class AdministrationHandler extends Handler.Wrapper {

        AdministrationHandler(Handler api) {
            super(api);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            @Nullable
            String path = request.getHttpURI().getCanonicalPath(); // null for OPTIONS *
            Optional<Instant> end = path != null && path.startsWith(ADMINISTRATION)
                    && !request.getHeaders().contains(HttpHeader.AUTHORIZATION)
                            ? sessionEnd(request)
                            : Optional.empty();
            if (end.isEmpty()) {
                return super.handle(request, response, callback);
            }
            request.setAttribute(FiguresDelegate.SESSION_END, end.get());
            if ("user".equals(request.getHeaders().get(HEADER))) {
                setCookie(request, response, newSession(), IDLE);
            }
            return super.handle(new AuthorizedRequest(request), response, callback);
        }
    }

    /** Signs in and out. */
    private final class SessionHandler extends Handler.Abstract {

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            int status = isFromConsole(request) ? session(request, response) : HttpStatus.UNAUTHORIZED_401;
            switch (status) {
                case HttpStatus.NO_CONTENT_204 -> {
                    response.setStatus(status);
                    callback.succeeded();
                }
                case HttpStatus.UNAUTHORIZED_401 -> Response.writeError(request, response, callback, status, null,
                        new ApiException(ErrorMessage.ADMIN_TOKEN_IS_WRONG));
                case HttpStatus.PAYLOAD_TOO_LARGE_413 -> Response.writeError(request, response, callback, status, null,
                        new ApiException(ErrorMessage.BODY_IS_TOO_LARGE).withArgument("maximum", MAX_TOKEN_BYTES));
                default -> Response.writeError(request, response, callback, status);
            }
            return true;
        }
    }

    /** A request with the admin token, and without the cookie. */
    private final class AuthorizedRequest extends Request.Wrapper {

        private final HttpFields headers;

        AuthorizedRequest(Request request) {
            super(request);
            headers = HttpFields.build(request.getHeaders()).remove(HttpHeader.COOKIE)
                    .add(new HttpField(HttpHeader.AUTHORIZATION, "Bearer " + adminToken.value().orElseThrow()))
                    .asImmutable();
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }
    }
}
