package dev.retouch.client;

import java.nio.file.Path;
import java.util.List;

import dev.retouch.client.model.ImagesResponse;

/**
 * Edited images in files.
 *
 * @param answer what the gateway said about them; without base64, because that is in the files
 * @param files one per image, in the answer's order
 */
public record EditedFiles(ImagesResponse answer, List<Path> files) {

    public EditedFiles {
        files = List.copyOf(files);
    }
}
