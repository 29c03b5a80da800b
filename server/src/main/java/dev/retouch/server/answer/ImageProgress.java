package dev.retouch.server.answer;

/** Learns which images of an answer are complete, in the order in which they are written. */
public interface ImageProgress {

    /** Learns nothing. */
    ImageProgress NONE = new ImageProgress() {
        @Override
        public void finalImage() {
            // nothing to learn
        }

        @Override
        public void partialImage() {
            // nothing to learn
        }
    };

    /** All of a final image has been written. */
    void finalImage();

    /** All of a partial image has been written. */
    void partialImage();
}
