package dev.retouch.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;

import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.key.SandboxKey;

/**
 * Serves the landing page, the playground, the console, Swagger UI, the OpenAPI document and the example images. Swagger UI gets
 * the sandbox key only if the browser is on this machine, connected without a proxy and used a loopback name. A page on
 * another host whose name resolves to this machine does not get it.
 */
public final class Pages {

    /** The files that {@code docs.html} needs. The others of Swagger UI load documents of strangers. */
    private static final List<String> SWAGGER_UI_FILES = List.of("swagger-ui.css", "swagger-ui-bundle.js");

    private final Optional<SandboxKey> key;
    private final Optional<ConsoleSessions> console;

    /**
     * Creates the pages.
     *
     * @param key sandbox key for Swagger UI, if the gateway accepts it
     * @param console sessions of the console, if administration over HTTP is enabled
     */
    public Pages(Optional<SandboxKey> key, Optional<ConsoleSessions> console) {
        this.key = key;
        this.console = console;
    }

    /** Wraps the API, so that the console may administrate; returns it unchanged without a console. */
    Handler around(Handler api) {
        return console.map(sessions -> sessions.around(api)).orElse(api);
    }

    /** Returns the handlers by path. */
    Map<String, Handler> handlers(Server server) {
        Map<String, Handler> handlers = new LinkedHashMap<>();
        handlers.put("", page("index.html", "text/html"));
        handlers.put("/favicon.svg", page("favicon.svg", "image/svg+xml"));
        handlers.put("/pages.css", page("pages.css", "text/css"));
        handlers.put("/docs", page("docs.html", "text/html"));
        handlers.put("/docs/", page("docs.html", "text/html"));
        handlers.put("/docs/docs.js", page("docs.js", "text/javascript"));
        handlers.put("/docs/sandbox.json", new SandboxHandler());
        for (String file : SWAGGER_UI_FILES) {
            handlers.put("/docs/ui/" + file,
                    new ContextHandler(PageResources.folder(server, PageResources.webJar("org.webjars", "swagger-ui")),
                            "/docs/ui"));
        }
        handlers.put("/examples/*",
                new ContextHandler(PageResources.folder(server, ContractDocument.FOLDER + "/examples"),
                        "/examples"));
        handlers.put("/openapi.yaml", new FixedHandler("application/yaml", ContractDocument.yaml()));
        handlers.put("/openapi.json", new FixedHandler("application/json", ContractDocument.json()));
        String policy = PageHeadersHandler.policy(List.of(text("index.html"), text("docs.html")));
        handlers.replaceAll((path, handler) -> new PageHeadersHandler(policy, handler));
        handlers.putAll(ModulePages.handlers(server, console));
        return handlers;
    }

    private static String text(String page) {
        return PageResources.text(PageResources.FOLDER + page);
    }

    private static Handler page(String name, String type) {
        return new FixedHandler(type + ";charset=utf-8", PageResources.bytes(PageResources.FOLDER + name));
    }

    /** Serves a constant document. Answers methods other than GET and HEAD with 405. */
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

    /** Serves the sandbox key to Swagger UI. */
    private final class SandboxHandler extends Handler.Abstract {

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            String shown = key.filter(known -> DirectClient.sent(request) && DirectClient.namedLoopback(request))
                    .map(known -> "\"" + known.value() + "\"")
                    .orElse("null");
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            write(response, callback, "application/json", ("{\"key\":" + shown + "}").getBytes(StandardCharsets.UTF_8));
            return true;
        }
    }

    private static void write(Response response, Callback callback, String type, byte[] content) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
        response.write(true, ByteBuffer.wrap(content), callback);
    }
}
