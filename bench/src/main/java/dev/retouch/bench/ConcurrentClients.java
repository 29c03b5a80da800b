package dev.retouch.bench;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients with a persistent connection each, which edit at the same time. */
final class ConcurrentClients {

    static final int CLIENTS = 16;

    private ConcurrentClients() {}

    /** Runs as many edits as the clients complete in the time. */
    static Figures edits(URI base, byte[] image, Duration time) throws Exception {
        byte[] request = Wire.edit(base, GatewayProcess.KEY, image, false);
        long start = System.nanoTime();
        long until = start + time.toNanos();
        List<Long> nanos = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            Callable<List<Long>> client = () -> editUntil(base, request, until);
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(client));
            }
            for (Future<List<Long>> each : all) {
                nanos.addAll(each.get());
            }
        }
        return Figures.of(nanos.stream().mapToLong(Long::longValue).toArray(), (System.nanoTime() - start) / 1e9);
    }

    private static List<Long> editUntil(URI base, byte[] request, long until) throws IOException {
        List<Long> nanos = new ArrayList<>();
        try (Wire wire = new Wire(base)) {
            long start = System.nanoTime();
            while (start < until) {
                wire.edit(request);
                long end = System.nanoTime();
                nanos.add(end - start);
                start = end;
            }
        }
        return nanos;
    }
}
