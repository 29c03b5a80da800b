package dev.retouch.contract.fleet;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The images of a response.
 *
 * @param base64 the hash of the base64 of each image, partial images included
 * @param links the links to hosted images
 */
record ReturnedImages(List<Integer> base64, List<URI> links) {

    /** Those in the text of a document or of events. */
    static ReturnedImages in(String body) {
        return new ReturnedImages(values(body, "b64_json").stream().map(String::hashCode).toList(),
                values(body, "url").stream().map(URI::create).toList());
    }

    private static List<String> values(String body, String name) {
        List<String> values = new ArrayList<>();
        String member = '"' + name + '"';
        for (int at = body.indexOf(member); at >= 0; at = body.indexOf(member, at + 1)) {
            int begin = body.indexOf('"', body.indexOf(':', at + member.length())) + 1;
            values.add(body.substring(begin, body.indexOf('"', begin)));
        }
        return values;
    }

    /** Fetches the image behind each link. Returns a hash for each image. */
    List<Integer> hashes() {
        List<Integer> hashes = new ArrayList<>(base64);
        for (URI link : links) {
            Reply image = Endpoint.fetch(link);
            assertThat(image.status()).as("%s: %s", link, image.beginning()).isEqualTo(200);
            assertThat(image.header("content-type")).as("%s", link).hasValue("image/png");
            hashes.add(Arrays.hashCode(image.body()));
        }
        assertThat(hashes).as("images").isNotEmpty();
        return hashes;
    }
}
