package dev.retouch.server.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of the program, as the build wrote it.
 *
 * @param version the version of the project
 * @param revision the commit that was built; {@code unknown} unless the build was given {@code -Dbuild.revision}
 */
record BuildInfo(String version, String revision) {

    /** Reads the version from the class path. */
    static BuildInfo read() {
        Properties values = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream("/dev/retouch/server/build.properties")) {
            if (in == null) {
                throw new IllegalStateException("build.properties is missing from the class path");
            }
            values.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BuildInfo(values.getProperty("version", "unknown"), values.getProperty("revision", "unknown"));
    }
}
