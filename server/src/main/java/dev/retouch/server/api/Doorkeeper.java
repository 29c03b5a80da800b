package dev.retouch.server.api;

import java.util.Optional;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Group;
import dev.retouch.server.key.Keyring;

/**
 * Stands before everything else and reads no byte of a body: an operation that the contract secures needs a key, and a
 * body needs a content type. A path or method that the contract does not know passes, to be told so by Jersey.
 */
@PreMatching
public final class Doorkeeper implements ContainerRequestFilter {

    private static final String GROUP = "dev.retouch.group";

    private final ContractDocument contract;
    private final Keyring keys;

    /** Guards the contract's operations with these keys. */
    public Doorkeeper(ContractDocument contract, Keyring keys) {
        this.contract = contract;
        this.keys = keys;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String method = HttpMethod.HEAD.equals(request.getMethod()) ? HttpMethod.GET : request.getMethod();
        Optional<Boolean> needsKey = contract.needsKey(method, "/" + request.getUriInfo().getPath(false));
        if (needsKey.isEmpty()) {
            return;
        }
        if (needsKey.get()) {
            request.setProperty(GROUP,
                    keys.identify(Optional.ofNullable(request.getHeaderString(HttpHeaders.AUTHORIZATION))));
        }
        if (HttpMethod.POST.equals(method) && blank(request.getHeaderString(HttpHeaders.CONTENT_TYPE))) {
            throw new ApiException(ErrorMessage.CONTENT_TYPE_IS_MISSING);
        }
        refuseUnreadableTypes(request);
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

    /** The group of the key that a request came with. */
    static Group groupOf(ContainerRequestContext request) {
        if (request.getProperty(GROUP) instanceof Group group) {
            return group;
        }
        throw new IllegalStateException("a request without a key");
    }

    private static boolean blank(@org.jspecify.annotations.Nullable String header) {
        return header == null || header.isBlank();
    }
}
