package dev.retouch.server.edit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReturnedImagesTest {

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** It is the upstream's mistake, and told as one. */
    @Test
    void base64ThatIsNoneIsNoMalfunction() {
        InputStream answer = new ByteArrayInputStream(bytes("{\"data\":[{\"b64_json\":\"!!!\"}]}"));
        assertThatThrownBy(() -> new ReturnedImages().lookAt(answer, new JsonFactory())).isInstanceOf(
                IOException.class);
    }

    @Test
    void linksAreCounted() throws Exception {
        ReturnedImages returned = new ReturnedImages();
        returned.lookAt(new ByteArrayInputStream(bytes("{\"data\":[{\"url\":\"http://a\"},{\"url\":\"http://b\"}]}")),
                new JsonFactory());
        assertThat(returned.count()).isEqualTo(2);
    }
}
