package dev.retouch.server.app;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

import dev.retouch.server.api.AdminTokenCheck;
import dev.retouch.server.api.ErrorMapper;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.HttpSettings;
import dev.retouch.server.http.ConnectorSettings;
import dev.retouch.server.http.ConsoleSessions;
import dev.retouch.server.http.CorsPolicy;
import dev.retouch.server.http.HandlerDecorator;
import dev.retouch.server.http.HttpServer;
import dev.retouch.server.http.InvalidCertificateException;
import dev.retouch.server.http.JerseyHandler;
import dev.retouch.server.http.Pages;
import dev.retouch.server.http.ShutdownPolicy;
import dev.retouch.server.http.TlsFiles;
import dev.retouch.server.key.SandboxKey;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.settings.ConfigurationException;

/** Creates the HTTP server from its settings, and Jersey without the features that the gateway does not use. */
final class HttpWiring {

    private HttpWiring() {}

    /** Creates the server; it does not listen yet. */
    static HttpServer server(Configuration configuration, JerseyHandler api, Pages pages,
            ErrorMapper errors,
            HandlerDecorator decorator) {
        HttpSettings limits = configuration.http();
        Path certificate = configuration.tls().certificate();
        Path key = configuration.tls().key();
        Optional<TlsFiles> tls = certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new TlsFiles(certificate, key));
        try {
            return new HttpServer(
                    new ConnectorSettings(configuration.host(), configuration.port(), limits.idleTimeout(),
                            limits.keepAliveTimeout(),
                            limits.maxHeaderSize().asInt(), limits.maxHeaderTime(), limits.backlog(),
                            limits.maxConnections(), limits.h2cUpgrade(), tls),
                    new CorsPolicy(configuration.cors().allowed(), configuration.cors().maxAge()),
                    new ShutdownPolicy(configuration.shutdown().delay(), configuration.shutdown().grace()), api, pages,
                    errors, decorator);
        } catch (InvalidCertificateException e) {
            throw new ConfigurationException("'tls.certificate': " + e.getMessage());
        }
    }

    /** Creates the pages; the console is one of them if administration over HTTP is on. */
    static Pages pages(Configuration configuration, Optional<SandboxKey> sandboxKey,
            AdminTokenCheck check, Clock clock) {
        Secret adminToken = configuration.adminToken();
        return new Pages(sandboxKey,
                adminToken.value().map(token -> new ConsoleSessions(adminToken, check, clock)));
    }

    /** Creates Jersey's configuration, to which resources and filters are added. */
    static ResourceConfig resources() {
        ResourceConfig resources = new ResourceConfig();
        resources.property(ServerProperties.WADL_FEATURE_DISABLE, true);
        resources.property(ServerProperties.BV_FEATURE_DISABLE, true);
        resources.property(ServerProperties.RESOURCE_VALIDATION_DISABLE, true);
        resources.property(CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true);
        resources.property(CommonProperties.METAINF_SERVICES_LOOKUP_DISABLE, true);
        // responses of known length set Content-Length; Jersey does not buffer the others
        resources.property(CommonProperties.OUTBOUND_CONTENT_LENGTH_BUFFER, 0);
        resources.property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        return resources;
    }
}
