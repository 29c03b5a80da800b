package dev.retouch.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;

/** {@code retouch health}: asks the gateway of these settings on this machine whether it is ready. The health check of containers. */
@Command(name = "health", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Check the gateway that runs on this machine with these settings. The exit code is 0 if it is ready, otherwise 1.")
final class HealthCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    private final Map<String, String> environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "Settings file (YAML). Default: RETOUCH_CONFIG, or none.")
    private @Nullable Path config;

    HealthCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration = new ConfigurationLoader(environment).load(Optional.ofNullable(config));
        URI address = URI.create(LocalGateway.address(configuration) + "/readyz");
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (HttpClient client = client(configuration)) {
            HttpResponse<String> response = client.send(HttpRequest.newBuilder(address).timeout(TIMEOUT).build(),
                    BodyHandlers.ofString());
            out.println(response.body().strip());
            out.flush();
            return response.statusCode() == 200 ? 0 : 1;
        } catch (IOException e) {
            throw new CommandException(address + " does not answer: " + e);
        }
    }

    private static HttpClient client(Configuration configuration) {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(TIMEOUT);
        if (LocalGateway.hasTls(configuration)) {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, new TrustManager[]{new OwnCertificate()}, null);
                client.sslContext(context);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK has no TLS", e);
            }
        }
        return client.build();
    }

    /** Accepts the gateway's certificate, which is for its public name and not for this address. Nothing secret is sent. */
    private static final class OwnCertificate extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // no client connects here
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            // no client connects here
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // no client connects here
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // accepted
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            // accepted
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // accepted
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
