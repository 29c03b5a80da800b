package dev.retouch.server.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.jetty.client.Request;

import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

/**
 * Writes a JSON document with images as data URLs or base64. The document has a placeholder for each image; the image is read and
 * encoded in its place while the document is sent. For one document.
 */
public final class JsonImages {

    private final String mark = UUID.randomUUID().toString();
    private final boolean dataUrls;
    private final List<ImagePart> images = new ArrayList<>();

    /**
     * Images of a document.
     *
     * @param dataUrls whether they are data URLs; otherwise they are base64
     */
    public JsonImages(boolean dataUrls) {
        this.dataUrls = dataUrls;
    }

    /** Adds an image and returns its placeholder in the document. No text of a client has it. */
    public String add(ImagePart image) {
        images.add(image);
        return mark + (images.size() - 1) + mark;
    }

    /** The values of the images of an edit in the document: placeholders, or the URLs of remote images. */
    public List<String> add(UpstreamRequest edit) {
        return switch (edit) {
            case LoadedImageRequest loaded -> loaded.images().stream().map(this::add).toList();
            case RemoteImageRequest remote -> remote.imageUrls();
        };
    }

    /** The document with the images. */
    public Request.Content content(ObjectNode document) {
        String text = document.toString();
        CompositeBody body = new CompositeBody();
        int position = 0;
        for (int begin = text.indexOf(mark); begin >= 0; begin = text.indexOf(mark, position)) {
            body.text(text.substring(position, begin));
            int end = text.indexOf(mark, begin + mark.length());
            ImagePart image = images.get(Integer.parseInt(text.substring(begin + mark.length(), end)));
            if (dataUrls) {
                body.text("data:" + image.format().mediaType() + ";base64,");
            }
            body.base64(image.bytes());
            position = end + mark.length();
        }
        body.text(text.substring(position));
        return body.content("application/json");
    }
}
