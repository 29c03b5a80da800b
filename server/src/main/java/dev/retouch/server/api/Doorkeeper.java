package dev.retouch.server.api;

import java.util.Optional;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.ServerRoom;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.document.ContractDocument.Security;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Authentication;
import dev.retouch.server.key.Caller;
import dev.retouch.server.secret.Secret;

/**
 * Stands before everything else and reads no byte of a body: an operation that the contract secures needs a key, or the
 * admin token; an edit needs a group that may edit; there must be room for it; and a body needs a content type. A method
 * that the contract does not know passes, to be told so by Jersey. A path does not: Jersey finds operations under more
 * spellings of a path than one, and nobody would have asked for the key.
 */
@PreMatching
public final class Doorkeeper implements ContainerRequestFilter {

    private static final String CALLER = "dev.retouch.caller";
    private static final String BEARER = "bearer ";
    /** What dialect A promises to check for images, and what a quote has to answer in the same way. */
    private static final String IMAGES = "v1/images/";

    private final ContractDocument contract;
    private final Authentication keys;
    private final Secret adminToken;
    private final ServerRoom room;
    private final long mostBytes;

    /**
     * Guards the contract's operations with these keys and this token, and lets in as many as there is room for.
     *
     * @param mostBytes how long a body may be
     */
    public Doorkeeper(ContractDocument contract, Authentication keys, Secret adminToken, ServerRoom room,
            long mostBytes) {
        this.mostBytes = mostBytes;
        this.contract = contract;
        this.keys = keys;
        this.adminToken = adminToken;
        this.room = room;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String method = HttpMethod.HEAD.equals(request.getMethod()) ? HttpMethod.GET : request.getMethod();
        String path = request.getUriInfo().getPath(false);
        Optional<Security> security = contract.security(method, "/" + path);
        if (security.isEmpty()) {
            if (!contract.knows("/" + path)) {
                throw new NotFoundException();
            }
            refuseUnreadableTypes(request);
            return;
        }
        Optional<String> authorization = Optional.ofNullable(request.getHeaderString(HttpHeaders.AUTHORIZATION));
        switch (security.get()) {
            case NONE -> {
                // for everybody
            }
            case ADMIN -> refuseStrangers(authorization);
            case KEY -> {
                Caller caller = keys.identify(authorization);
                if (path.startsWith(IMAGES)) {
                    keys.authorize(caller);
                }
                request.setProperty(CALLER, caller);
                enter(request);
            }
        }
        boolean body = HttpMethod.POST.equals(method) || HttpMethod.PATCH.equals(method);
        if (body && blank(request.getHeaderString(HttpHeaders.CONTENT_TYPE))) {
            throw new ApiException(ErrorMessage.CONTENT_TYPE_IS_MISSING);
        }
        refuseUnreadableTypes(request);
    }

    private void refuseStrangers(Optional<String> authorization) {
        if (adminToken.value().isEmpty()) {
            throw new ApiException(ErrorMessage.ADMINISTRATION_IS_OFF);
        }
        String header = authorization.map(String::strip).orElse("");
        boolean bearer = header.regionMatches(true, 0, BEARER, 0, BEARER.length());
        if (!bearer || !adminToken.is(header.substring(BEARER.length()).strip())) {
            throw new ApiException(ErrorMessage.ADMIN_TOKEN_IS_WRONG);
        }
    }

    /**
     * Room for the body as long as it says it is; one that says nothing takes more when it comes. One that is longer than any
     * body may be is refused by whoever would read it.
     */
    private void enter(ContainerRequestContext request) {
        String announced = request.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        long bytes = announced == null ? -1 : Math.min(Long.parseLong(announced), mostBytes);
        Exchange.of(request).occupy(room.enter(bytes), announced == null);
    }

    /** Jersey would answer these with nothing but a status. */
    private static void refuseUnreadableTypes(ContainerRequestContext request) {
        try {
            request.getMediaType();
        } catch (ProcessingException e) {
            throw new ApiException(ErrorMessage.CONTENT_TYPE_IS_NOT_SUPPORTED).with("type",
                    request.getHeaderString(HttpHeaders.CONTENT_TYPE));
        }
        try {
            request.getAcceptableMediaTypes();
        } catch (ProcessingException e) {
            throw new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).with("reason",
                    "its Accept header is not a list of media types");
        }
    }

    /** Who asks, with the key that a request came with. */
    static Caller callerOf(ContainerRequestContext request) {
        if (request.getProperty(CALLER) instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException("a request without a key");
    }

    /** The id of the key that a request came with, if it came with a right one; for the log. */
    public static Optional<String> keyIdOf(ContainerRequestContext request) {
        return request.getProperty(CALLER) instanceof Caller caller
                ? Optional.of(caller.key().id())
                : Optional.empty();
    }

    private static boolean blank(@Nullable String header) {
        return header == null || header.isBlank();
    }
}
