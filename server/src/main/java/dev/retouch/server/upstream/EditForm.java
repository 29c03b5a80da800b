package dev.retouch.server.upstream;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.eclipse.jetty.client.MultiPartRequestContent;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.content.InputStreamContentSource;

import dev.retouch.server.upstream.UpstreamEdit.ImagePart;

/** An edit as the form that a strict OpenAI takes: {@code image} for one image, {@code image[]} for several. */
final class EditForm {

    private EditForm() {}

    /** The form; image bytes are read while it is sent. */
    static MultiPartRequestContent of(UpstreamEdit edit, String model, Map<String, String> parameters) {
        MultiPartRequestContent form = new MultiPartRequestContent();
        form.addPart(text("model", model));
        form.addPart(text("prompt", edit.prompt()));
        parameters.forEach((name, value) -> form.addPart(text(name, value)));
        String name = edit.images().size() == 1 ? "image" : "image[]";
        int number = 0;
        for (ImagePart image : edit.images()) {
            form.addPart(file(name, "image-" + ++number, image));
        }
        edit.mask().ifPresent(mask -> form.addPart(file("mask", "mask", mask)));
        form.close();
        return form;
    }

    private static MultiPart.Part text(String name, String value) {
        return new MultiPart.ByteBufferPart(name, null, HttpFields.EMPTY,
                ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static MultiPart.Part file(String name, String stem, ImagePart image) {
        HttpFields type = HttpFields.build().put(HttpHeader.CONTENT_TYPE, image.format().mediaType());
        return new MultiPart.ContentSourcePart(name, stem + "." + image.format().extension(), type,
                new SizedSource(image.bytes().open(), image.bytes().size()));
    }

    /** A stream whose length is known, so that the whole form has a Content-Length. */
    private static final class SizedSource extends InputStreamContentSource {

        private final long size;

        SizedSource(InputStream in, long size) {
            super(in, new ByteBufferPool.Sized(ByteBufferPool.NON_POOLING, false, 32 * 1024));
            this.size = size;
        }

        @Override
        public long getLength() {
            return size;
        }
    }
}
