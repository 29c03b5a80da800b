package dev.retouch.server.edit;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReturnedImagesTest {

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** The beginning of an answer is only looked at; whatever stands in it, the answer itself still passes. */
    @Test
    void base64ThatIsNoneIsNoMalfunction() {
        ReturnedImages returned = new ReturnedImages();
        assertThat(returned.lookAtBeginning(bytes("{\"data\":[{\"b64_json\":\"!!!\"}]}"), new JsonFactory())).isTrue();
        assertThat(returned.facts()).isEmpty();
    }

    @Test
    void linksAreCounted() throws Exception {
        ReturnedImages returned = new ReturnedImages();
        returned.lookAt(new ByteArrayInputStream(bytes("{\"data\":[{\"url\":\"http://a\"},{\"url\":\"http://b\"}]}")),
                new JsonFactory());
        assertThat(returned.count()).isEqualTo(2);
    }
}
