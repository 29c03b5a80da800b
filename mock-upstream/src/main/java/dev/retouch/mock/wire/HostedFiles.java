package dev.retouch.mock.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.picture.ImageFormat;

/** Hosts images at temporary URLs; the oldest are removed first. */
public final class HostedFiles implements Endpoint {

    public static final String ROUTE = "/mock/files/{name}";

    private final Path folder;
    private final int most;
    private final Map<String, Path> files = new LinkedHashMap<>();

    public HostedFiles(Path folder, int most) {
        this.folder = folder;
        this.most = most;
    }

    /** Takes the file over, and returns the path under which it can be fetched. */
    public synchronized String host(Path file, String extension) throws IOException {
        if (Files.notExists(folder)) {
            Files.createDirectory(folder); // fails when the folder around it is closed
        }
        String name = "img-" + UUID.randomUUID() + "." + extension;
        files.put(name, Files.move(file, folder.resolve(name)));
        while (files.size() > most) {
            Files.deleteIfExists(files.remove(files.keySet().iterator().next()));
        }
        return ROUTE.replace("{name}", name);
    }

    @Override
    public Answer answer(EndpointRequest call) throws IOException {
        String name = call.variable("name");
        byte[] bytes;
        synchronized (this) {
            Path file = files.get(name);
            if (file == null) {
                throw ProviderErrors.notFound("GET", ROUTE.replace("{name}", name));
            }
            bytes = Files.readAllBytes(file);
        }
        String type = ImageFormat.ofWireName(name.substring(name.lastIndexOf('.') + 1)).mediaType();
        return new Answer.Document(200, Map.of(), type, out -> out.write(bytes));
    }
}
