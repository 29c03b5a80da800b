package dev.retouch.server.front;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.resource.ResourceFactory;

import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.key.SandboxKey;

/**
 * What people look at: a landing page, Swagger UI on our own document, the document itself and the example pictures. The
 * sandbox key is at hand in Swagger UI, but only for a browser that reached us under a loopback name: a page elsewhere
 * that had its own name resolve to this machine does not get it.
 */
public final class Pages {

    private static final String FOLDER = "dev/retouch/server/pages/";

    private final ContractDocument contract;
    private final Optional<SandboxKey> key;

    /** Pages about this contract; the key is shown where it may be. */
    public Pages(ContractDocument contract, Optional<SandboxKey> key) {
        this.contract = contract;
        this.key = key;
    }

    /** The pages by their path. */
    Map<String, Handler> handlers(Server server) {
        Map<String, Handler> handlers = new LinkedHashMap<>();
        handlers.put("", page("index.html", "text/html"));
        handlers.put("/favicon.svg", page("favicon.svg", "image/svg+xml"));
        handlers.put("/pages.css", page("pages.css", "text/css"));
        handlers.put("/docs", page("docs.html", "text/html"));
        handlers.put("/docs/", page("docs.html", "text/html"));
        handlers.put("/docs/docs.js", page("docs.js", "text/javascript"));
        handlers.put("/docs/sandbox.json", new SandboxHandler());
        handlers.put("/docs/ui/*", resources(server, "META-INF/resources/webjars/swagger-ui/" + swaggerUiVersion(),
                "/docs/ui"));
        handlers.put("/examples/*", resources(server, ContractDocument.FOLDER + "/examples", "/examples"));
        handlers.put("/openapi.yaml", new FixedHandler("application/yaml", contract.yaml()));
        handlers.put("/openapi.json", new FixedHandler("application/json", contract.json()));
        return handlers;
    }

    private static Handler page(String name, String type) {
        return new FixedHandler(type + ";charset=utf-8", bytes(FOLDER + name));
    }

    private static Handler resources(Server server, String folder, String path) {
        ResourceHandler files = new ResourceHandler();
        files.setBaseResource(ResourceFactory.of(server).newClassLoaderResource(folder + "/"));
        files.setDirAllowed(false);
        files.setWelcomeFiles();
        return new ContextHandler(files, path);
    }

    private static String swaggerUiVersion() {
        Properties properties = new Properties();
        byte[] text = bytes("META-INF/maven/org.webjars/swagger-ui/pom.properties");
        try {
            properties.load(new StringReader(new String(text, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = Pages.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One document that never changes. Other methods than GET and HEAD are left to Jersey, which refuses them. */
    private static final class FixedHandler extends Handler.Abstract {

        private final String type;
        private final byte[] content;

        FixedHandler(String type, byte[] content) {
            this.type = type;
            this.content = content;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
                response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
                Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
                return true;
            }
            write(response, callback, type, content);
            return true;
        }
    }

    /** The sandbox key for Swagger UI. */
    private final class SandboxHandler extends Handler.Abstract {

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            String shown = key.filter(known -> reachedOverLoopback(request)).map(known -> "\"" + known.value() + "\"")
                    .orElse("null");
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            write(response, callback, "application/json", ("{\"key\":" + shown + "}").getBytes(StandardCharsets.UTF_8));
            return true;
        }

        private static boolean reachedOverLoopback(Request request) {
            String name = Request.getServerName(request);
            try {
                // names other than localhost are not looked up: only what is loopback by itself counts
                return name.equals("localhost")
                        || (isAddress(name) && InetAddress.getByName(name).isLoopbackAddress());
            } catch (UnknownHostException e) {
                return false;
            }
        }

        private static boolean isAddress(String name) {
            return name.matches("[0-9.]+") || name.startsWith("[");
        }
    }

    private static void write(Response response, Callback callback, String type, byte[] content) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
        response.write(true, ByteBuffer.wrap(content), callback);
    }
}
