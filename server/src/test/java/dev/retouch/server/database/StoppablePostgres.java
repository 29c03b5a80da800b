package dev.retouch.server.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/** A PostgreSQL server that can crash without a notice, and restart on the same port with the data on its disk. */
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

    /** Ends like a power failure: nothing is finished, and clients get no notice. */
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

    /** Commits asynchronously unless the session asks for more, as embedded servers and some others are configured. */
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
