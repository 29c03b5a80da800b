package dev.retouch.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.resource.ResourceFactory;

/** The files of pages on the class path: those of the gateway, and those of WebJars. */
final class PageResources {

    /** Folder of the gateway's own pages. */
    static final String FOLDER = "dev/retouch/server/pages/";

    private PageResources() {}

    /** Returns the bytes of a resource. */
    static byte[] bytes(String resource) {
        try (InputStream in = PageResources.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a text of UTF-8. */
    static String text(String resource) {
        return new String(bytes(resource), StandardCharsets.UTF_8);
    }

    /** Returns the folder of a WebJar's files, which contains the version of the WebJar. */
    static String webJar(String group, String artifact) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text("META-INF/maven/" + group + "/" + artifact + "/pom.properties")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "META-INF/resources/webjars/" + artifact + "/" + properties.getProperty("version");
    }

    /** Creates a handler of the files of a folder, without lists of files. */
    static ResourceHandler folder(Server server, String folder) {
        ResourceHandler files = new ResourceHandler();
        files.setBaseResource(ResourceFactory.of(server).newClassLoaderResource(folder + "/"));
        files.setDirAllowed(false);
        files.setWelcomeFiles();
        return files;
    }
}
