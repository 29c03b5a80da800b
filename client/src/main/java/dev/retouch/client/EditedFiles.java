package dev.retouch.client;

import java.nio.file.Path;
import java.util.List;

import dev.retouch.client.model.ImagesResponse;

/**
 * Edited images in files.
 *
 * @param answer the response, without base64
 * @param files a file for each image, in the order of the response
 */
public record EditedFiles(ImagesResponse answer, List<Path> files) {

    public EditedFiles {
        files = List.copyOf(files);
    }
}
