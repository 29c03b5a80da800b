package dev.retouch.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/** A PostgreSQL server that goes away without a word, and comes back where it was with what it had on its disk. */
public final class StoppablePostgres implements AutoCloseable {

    private final Path data;
    private EmbeddedPostgres server;

    /** Starts with its data in a folder. */
    public StoppablePostgres(Path folder) throws IOException {
        this.data = folder.resolve("data");
        this.server = start(0);
    }

    /** The URL of its only database. */
    public String url() {
        return "postgresql://postgres:postgres@localhost:" + server.getPort() + "/postgres";
    }

    /** Ends as if the power went: nothing is finished, nobody is told. */
    public void crash() throws IOException, InterruptedException {
        long id = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
        ProcessHandle process = ProcessHandle.of(id).orElseThrow();
        new ProcessBuilder("kill", "-QUIT", Long.toString(id)).start().waitFor(10, TimeUnit.SECONDS);
        process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        server.close(); // nothing is left to be stopped, but its folder is locked until then
    }

    /** Comes back on the same port. */
    public void comeBack() throws IOException {
        server = start(server.getPort());
    }

    /** Confirms before it has written, unless somebody asks for more, as embedded servers and some others are set up. */
    private EmbeddedPostgres start(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "off")
                .setDataDirectory(data).setCleanDataDirectory(false).setPGStartupWait(Duration.ofSeconds(60));
        return port == 0 ? builder.start() : builder.setPort(port).start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
