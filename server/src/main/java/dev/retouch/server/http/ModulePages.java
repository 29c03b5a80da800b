package dev.retouch.server.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ResourceHandler;

/**
 * Serves the pages that are ES modules: a folder for each page, one for shared parts, and two libraries of WebJars: for templates and for charts. Their
 * content security policy allows scripts, styles, workers and requests of this gateway only, and neither inline scripts nor
 * inline styles.
 */
final class ModulePages {

    private static final String WEBJARS = "org.webjars.npm";
    private static final String TEMPLATES = "lit-html";
    private static final String CHARTS = "uplot";
    private static final String POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; "
            + "img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private ModulePages() {}

    /**
     * Returns the handlers by path.
     *
     * @param console sessions of the console; empty if administration over HTTP is off, which leaves out the console
     */
    static Map<String, Handler> handlers(Server server, Optional<ConsoleSessions> console) {
        Map<String, Handler> handlers = new LinkedHashMap<>();
        handlers.put("/playground/*", page(server, "playground", "/playground"));
        handlers.put("/shared/*", page(server, "shared", "/shared"));
        handlers.put("/console/key/*", page(server, "key", "/console/key"));
        handlers.put("/lib/" + TEMPLATES + "/*",
                files(server, PageResources.webJar(WEBJARS, TEMPLATES), "/lib/" + TEMPLATES));
        console.ifPresent(sessions -> {
            handlers.put("/lib/" + CHARTS + "/*",
                    files(server, PageResources.webJar(WEBJARS, CHARTS), "/lib/" + CHARTS));
            handlers.put("/console/*", page(server, "console", "/console"));
            handlers.put(ConsoleSessions.PATH, sessions.endpoint());
        });
        return handlers;
    }

    private static Handler page(Server server, String name, String path) {
        return files(server, PageResources.FOLDER + name, path);
    }

    private static Handler files(Server server, String folder, String path) {
        ResourceHandler resources = PageResources.folder(server, folder);
        resources.setWelcomeFiles("index.html");
        resources.setCacheControl("no-cache");
        return new PageHeadersHandler(POLICY, new ContextHandler(resources, path));
    }
}
