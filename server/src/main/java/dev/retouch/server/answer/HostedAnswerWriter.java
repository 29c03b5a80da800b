package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;

/** Writes a JSON document with a link to each image, which is stored while it arrives; on request with its base64 as well. */
public final class HostedAnswerWriter implements AnswerWriter {

    private final ImageHost host;
    private final boolean both;
    private final InstantSource clock;

    /**
     * Writes documents.
     *
     * @param host stores the images
     * @param both whether each image has its base64 beside the link
     * @param clock the time of an answer that names none
     */
    public HostedAnswerWriter(ImageHost host, boolean both, InstantSource clock) {
        this.host = host;
        this.both = both;
        this.clock = clock;
    }

    @Override
    public void write(AnswerReader parts, OutputStream out, CommitPoint commit) throws IOException {
        new DocumentWriter(both ? ImageForm.BOTH : ImageForm.LINK, host, clock, out).write(parts, commit);
    }
}
