package dev.retouch.server.retention;

import dev.retouch.server.image.ImageBytes;

/** An edit that runs, for the code that sees its images. */
public interface RetainedEdit {

    /** An edit of which no content is kept. */
    RetainedEdit NONE = new RetainedEdit() {
        @Override
        public boolean keepsContent() {
            return false;
        }

        @Override
        public void result(ImageBytes image) {
            // not kept
        }
    };

    /** Whether thumbnails of its results are kept. */
    boolean keepsContent();

    /** Keeps a thumbnail of an edited image, later. The caller of this method still closes the image, and may do so at once. */
    void result(ImageBytes image);
}
