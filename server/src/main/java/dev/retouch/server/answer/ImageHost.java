package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;

/** Keeps images and makes links to them. */
@FunctionalInterface
public interface ImageHost {

    /** Begins to store an image. */
    Upload begin() throws IOException;

    /** One image on its way into the store. Closing it unpublished removes what was stored. */
    interface Upload extends AutoCloseable {

        /** Takes the bytes of the image. */
        OutputStream out();

        /** Makes the link of the image, which is whole now. */
        String publish() throws IOException;

        @Override
        void close() throws IOException;
    }
}
