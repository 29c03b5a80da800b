package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;

/** Writes the result of a task: a JSON document with a link to each image, whatever the upstream answered, and the progress on the way. */
public final class TaskResultWriter implements AnswerWriter {

    private final ImageHost host;
    private final ImageProgress progress;
    private final InstantSource clock;

    /**
     * Writes results.
     *
     * @param host stores the images
     * @param progress learns which images are complete
     * @param clock the time of an answer that names none
     */
    public TaskResultWriter(ImageHost host, ImageProgress progress, InstantSource clock) {
        this.host = host;
        this.progress = progress;
        this.clock = clock;
    }

    @Override
    public void write(AnswerReader parts, OutputStream out, CommitPoint commit) throws IOException {
        new DocumentWriter(ImageForm.LINK, host, clock, out).write(observed(parts), commit);
    }

    private AnswerReader observed(AnswerReader parts) {
        boolean[] inFinal = {false};
        return () -> {
            AnswerPart part = parts.next();
            switch (part) {
                case FinalImage _ -> inFinal[0] = true;
                case PartialImage _ -> inFinal[0] = false;
                case ImageEnd _ -> {
                    if (inFinal[0]) {
                        progress.finalImage();
                    } else {
                        progress.partialImage();
                    }
                }
                case AnswerMetadata _,AnswerUsage _,Refusal _,AnswerEnd _ -> {
                    // no image
                }
            }
            return part;
        };
    }
}
