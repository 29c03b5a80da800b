package dev.retouch.server.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes names of files to disk. A file whose content is on disk can still be lost in a power failure if the directory that names it is
 * not.
 */
public final class DirectorySync {

    private static final Logger LOG = LoggerFactory.getLogger(DirectorySync.class);

    private DirectorySync() {}

    /** Writes the names in a directory to disk. Has no effect on systems that do not open directories, such as Windows. */
    public static void force(Path directory) throws IOException {
        FileChannel opened;
        try {
            opened = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException e) {
            LOG.debug("directory cannot be opened directory={}", directory, e);
            return;
        }
        try (opened) {
            opened.force(true);
        }
    }
}
