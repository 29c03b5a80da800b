package dev.retouch.server.answer;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Keeps images in memory under numbered links. */
final class InMemoryImageHost implements ImageHost {

    private final List<byte[]> images = new ArrayList<>();

    @Override
    public Upload begin() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new Upload() {
            @Override
            public OutputStream out() {
                return bytes;
            }

            @Override
            public String publish() {
                images.add(bytes.toByteArray());
                return "https://retouch.example/files/" + images.size();
            }

            @Override
            public void close() {
                // nothing to give back
            }
        };
    }

    /** The images in the order in which they were published. */
    List<byte[]> images() {
        return images;
    }
}
