package dev.retouch.server.api;

import java.io.IOException;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ContractDocumentTest {

    @Test
    void jsonHasWhatYamlHas() throws IOException {
        assertThat(new ObjectMapper().readTree(ContractDocument.json()))
                .isEqualTo(new YAMLMapper().readTree(ContractDocument.yaml()));
    }
}
