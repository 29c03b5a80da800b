package dev.retouch.server.api;

import java.net.URI;
import java.util.Optional;

import jakarta.ws.rs.container.ContainerRequestContext;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.EditOrigin;

/** The JAX-RS request that started an edit. */
record RequestOrigin(ContainerRequestContext request) implements EditOrigin {

    @Override
    public @Nullable String header(String name) {
        return request.getHeaderString(name);
    }

    @Override
    public Optional<URI> url() {
        return Optional.of(request.getUriInfo().getRequestUri());
    }

    @Override
    public Optional<String> clientAddress() {
        return Optional.ofNullable(request.getProperty(AuthenticationFilter.PEER)).map(Object::toString);
    }
}
